/** numpy.packbits(vector >= 0): `np.packbits(np.array([0, -0.0, 1, -1, 1e-30, -1e-30, 2, -2]) >= 0)` is [234]. */
import { expect, test } from 'vitest';
import { packBits } from './pack-bits.ts';

test('a bit is set where the value is not negative, which 0 is not', () => {
  expect([...packBits(Float32Array.of(0, -0, 1, -1, 1e-30, -1e-30, 2, -2))]).toEqual([0b1110_1010]);
  expect([...packBits(new Float32Array(8))]).toEqual([255]);
});

test('values that fill no byte are refused', () => {
  expect(() => packBits(new Float32Array(12))).toThrow('multiple of 8, got 12');
});
