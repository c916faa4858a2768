/** A mean that can be counted by hand. */
import { expect, it } from 'vitest';
import { weightedMean } from './weighted-mean.ts';

it('weighs, and scales to length 1', () => {
  const mean = weightedMean([Float32Array.of(1, 0), Float32Array.of(0, 1)], [4, 3]);
  expect([...mean]).toEqual([Math.fround(0.8), Math.fround(0.6)]);
});

it('is zero for vectors that cancel out, and empty for none', () => {
  expect([...weightedMean([Float32Array.of(1, 0), Float32Array.of(-1, 0)], [2, 2])]).toEqual([0, 0]);
  expect(weightedMean([], [])).toHaveLength(0);
});
