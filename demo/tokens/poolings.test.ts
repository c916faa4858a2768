/** The poolings of rows that can be counted by hand. */
import { expect, it } from 'vitest';
import { poolAll } from './poolings.ts';

it('takes the first row, the last, the average and the largest', () => {
  const rows = [Float32Array.of(1, -4), Float32Array.of(2, -2), Float32Array.of(6, -3)];
  expect(poolAll(rows)).toEqual({
    CLS: Float32Array.of(1, -4),
    LAST: Float32Array.of(6, -3),
    MEAN: Float32Array.of(3, -3),
    MAX: Float32Array.of(6, -2),
  });
});
