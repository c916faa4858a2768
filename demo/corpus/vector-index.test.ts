/** VectorIndex: exact order, partial fill, clearing. */
import { describe, expect, it } from 'vitest';
import { VectorIndex } from './vector-index.ts';

const vector = (...values: number[]) => Float32Array.from(values);

describe('VectorIndex', () => {
  it('finds nothing while it is empty', () => {
    expect(new VectorIndex(3).search(vector(1, 0), 2)).toEqual([]);
  });

  it('lists the best k, best first, as a full sort would', () => {
    const index = new VectorIndex(200);
    const scores = Array.from({ length: 200 }, (_, i) => Math.fround(Math.sin(i * 7.3)));
    index.add(scores.map((score) => vector(score, 0)));
    const sorted = scores.map((score, id) => ({ id, score })).sort((a, b) => b.score - a.score);
    expect(index.search(vector(1, 0), 10)).toEqual(sorted.slice(0, 10));
  });

  it('keeps negative scores when there is nothing better', () => {
    const index = new VectorIndex(3);
    index.add([vector(-1, 0), vector(-0.5, 0)]);
    expect(index.search(vector(1, 0), 10)).toEqual([
      { id: 1, score: -0.5 },
      { id: 0, score: -1 },
    ]);
  });

  it('searches what is in so far, and starts at id 0 again after clear', () => {
    const index = new VectorIndex(4);
    index.add([vector(0, 1)]);
    expect(index.count).toBe(1);
    expect(index.bytes).toBe(8);
    index.clear();
    index.add([vector(1, 0)]);
    expect(index.search(vector(1, 0), 5)).toEqual([{ id: 0, score: 1 }]);
  });
});
