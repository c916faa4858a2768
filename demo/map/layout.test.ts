/** Maps of vectors whose neighbours are known. */
import { describe, expect, it } from 'vitest';
import { layOut } from './layout.ts';
import { keptOn, neighboursOf } from './neighbours.ts';
import { principal } from './principal.ts';

/** Six groups around axes of their own, in eight dimensions. */
function groups(each = 20) {
  const [count, size] = [6 * each, 8];
  const data = new Float32Array(count * size);
  for (let i = 0; i < count; i++) {
    const row = data.subarray(i * size, (i + 1) * size);
    for (let j = 0; j < size; j++) row[j] = 0.25 * Math.sin(i * 12.9898 + j * 78.233);
    row[Math.floor(i / each)]! += 1;
    const length = Math.hypot(...row);
    row.forEach((value, j) => (row[j] = value / length));
  }
  return { data, count, size };
}

describe('the map', () => {
  it('finds the nearest exactly, each first its own', () => {
    const near = neighboursOf({ data: Float32Array.of(1, 0, 0.8, 0.6, 0, 1), count: 3, size: 2 }, 2);
    expect(near.indices).toEqual([
      [0, 1],
      [1, 0],
      [2, 1],
    ]);
    expect(near.distances[2]![1]).toBeCloseTo(0.4);
  });

  it('puts what differs most on the first axis', () => {
    const places = principal({ data: Float32Array.of(-3, 0, 3, 0, 0, 1, 0, -1), count: 4, size: 2 });
    expect([...places].map((value) => Math.round(value) || 0)).toEqual([-3, 0, 3, 0, 0, 1, 0, -1]);
  });

  it('is the same each time, inside the unit square, and keeps more neighbours than the principal components', () => {
    const vectors = groups();
    const [one, two] = [layOut(vectors), layOut(vectors)];
    expect(one.places).toEqual(two.places);
    expect(Math.min(...one.places)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...one.places)).toBeLessThanOrEqual(1);
    expect(one.kept).toBeGreaterThan(one.keptByPrincipal + 0.1);
    const group = (i: number) => Math.floor(i / 20);
    const near = neighboursOf(vectors, 6);
    expect(near.indices.every((all, i) => all.every((j) => group(i) === group(j)))).toBe(true);
    expect(keptOn(one.places, near)).toBeGreaterThan(0.4);
  });
});
