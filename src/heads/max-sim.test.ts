import { expect, test } from 'vitest';
import type { Rows } from '../shapes.ts';
import { maxSim } from './max-sim.ts';

const rowsOf = (...rows: number[][]): Rows => ({ data: Float32Array.from(rows.flat()), rows: rows.length, dimensions: rows[0]!.length });

test('sums the best match of each query row', () => {
  const query = rowsOf([1, 0], [0, 1], [2, 0]);
  // Products: 3, 1 | 4, -1 | 6, 2: the best of them 3, 4 and 6.
  expect(maxSim(query, rowsOf([3, 4], [1, -1]))).toBe(13);
});

test('a best match may be negative', () => {
  expect(maxSim(rowsOf([1, 0], [0, 1]), rowsOf([-3, -4], [-5, -1]))).toBe(-4);
});

test('is not the same the other way round, and not divided by the length', () => {
  const [one, two] = [rowsOf([1, 1]), rowsOf([1, 1], [1, 1])];
  expect(maxSim(one, two)).toBe(2);
  expect(maxSim(two, one)).toBe(4);
});

test.each([
  [0, 255],
  [0, 256],
  [699, 300],
])('finds the best row of 700 anywhere (rows %i and %i)', (first, second) => {
  const document = { data: new Float32Array(700 * 3).fill(-1), rows: 700, dimensions: 3 };
  document.data.set([5, 0, 0], first * 3);
  document.data.set([0, 7, 0], second * 3);
  expect(maxSim(rowsOf([1, 0, 0], [0, 1, 0], [0, 0, 1]), document)).toBe(12);
});

test('NaN is not passed over', () => {
  expect(maxSim(rowsOf([1, 0]), rowsOf([1, 0], [NaN, 0], [2, 0]))).toBeNaN();
});

test('rows of two widths, or none, are a bug', () => {
  expect(() => maxSim(rowsOf([1, 0]), rowsOf([1]))).toThrow('rows of 2 and of 1 values');
  expect(() => maxSim(rowsOf([1]), { data: new Float32Array(0), rows: 0, dimensions: 1 })).toThrow('without token rows');
});
