/** Every precision on both scanners, against plain arithmetic in double precision. */
import { describe, expect, test } from 'vitest';
import { plainScanner } from './plain-scanner.ts';
import type { Precision } from './row-format.ts';
import { topK } from './top-k.ts';
import { VectorTable } from './vector-table.ts';
import { wasmScanner } from './wasm-scanner.ts';

/** Numbers from -1 to 1, the same for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => ((state = (state * 48_271) % 2_147_483_647) / 2_147_483_647) * 2 - 1;
}

function unitVectors(count: number, size: number, seed = 7): Float32Array[] {
  const random = randomFrom(seed);
  return Array.from({ length: count }, () => {
    const vector = Float32Array.from({ length: size }, random);
    const norm = Math.hypot(...vector);
    return vector.map((value) => value / norm);
  });
}

const dot = (a: ArrayLike<number>, b: ArrayLike<number>) => Array.from(a).reduce((sum, value, i) => sum + value * b[i]!, 0);
const sign = (vector: Float32Array) => vector.map((value) => (value > 0 ? 1 : -1));

/** What a score of each precision is, and how far off it may be. */
const EXPECTED: Record<Precision, (a: Float32Array, b: Float32Array) => [score: number, within: number]> = {
  float32: (a, b) => [dot(a, b), 1e-6],
  // Half a step of 1/127 of the largest value, for each of both.
  int8: (a, b) => [dot(a, b), 0.01],
  binary: (a, b) => [dot(sign(a), sign(b)) / a.length, 1e-7],
};

describe.each([
  ['wasm', () => wasmScanner()!],
  ['plain', plainScanner],
] as const)('%s', (_, scanner) => {
  describe.each(['float32', 'int8', 'binary'] as const)('%s', (precision) => {
    test.each([1, 2, 15, 16, 17, 31, 33, 128, 384, 385])('scores of %d values are the dot products', (size) => {
      const vectors = unitVectors(40, size);
      const table = new VectorTable(precision, size, scanner());
      for (const vector of vectors) table.push(vector);
      const [query] = unitVectors(1, size, 99);
      const scores = table.scores(query!);
      vectors.forEach((vector, i) => {
        const [score, within] = EXPECTED[precision](query!, vector);
        expect(Math.abs(scores[i]! - score), `row ${i}`).toBeLessThanOrEqual(within);
      });
    });

    test('scores of some rows are those of all', () => {
      const vectors = unitVectors(40, 50);
      const table = new VectorTable(precision, 50, scanner());
      for (const vector of vectors) table.push(vector);
      const [query] = unitVectors(1, 50, 99);
      table.scoresOf(query!, [3, 39, 0]).forEach((score, i) => {
        const [expected, within] = EXPECTED[precision](query!, vectors[[3, 39, 0][i]!]!);
        expect(Math.abs(score - expected)).toBeLessThanOrEqual(within);
      });
    });

    test('more rows than a block, removed and added, are what is left', () => {
      const size = 24;
      const vectors = unitVectors(20_000, size);
      const table = new VectorTable(precision, size, scanner());
      const rows: Float32Array[] = [];
      const random = randomFrom(3);
      for (const vector of vectors) {
        table.push(vector);
        rows.push(vector);
        if (random() < -0.8) {
          const row = Math.floor(((random() + 1) / 2) * (rows.length - 1));
          table.remove(row);
          const last = rows.pop()!;
          if (row < rows.length) rows[row] = last;
        }
      }
      expect(table.count).toBe(rows.length);
      const scores = table.scores(vectors[5]!);
      const wrong = rows.filter((vector, i) => {
        const [score, within] = EXPECTED[precision](vectors[5]!, vector);
        return Math.abs(scores[i]! - score) > within;
      });
      expect(wrong.length).toBe(0);
    });

    test('nothing, zeros, and a vector of another size', () => {
      const table = new VectorTable(precision, 8, scanner());
      expect(table.scores(new Float32Array(8))).toEqual(new Float32Array(0));
      table.push(new Float32Array(8));
      expect(table.scores(new Float32Array(8))[0]).toBe(precision === 'binary' ? 1 : 0);
      expect(() => table.push(new Float32Array(9))).toThrow('This index has vectors of 8 values, and got one of 9.');
      expect(() => table.scores(new Float32Array(7))).toThrow(expect.objectContaining({ code: 'invalid-input' }));
    });
  });

  test('vectors come back as precise as they are kept', () => {
    const [vector] = unitVectors(1, 50);
    const back = (precision: Precision) => {
      const table = new VectorTable(precision, 50, scanner());
      table.push(vector!);
      return table.vector(0);
    };
    expect(back('float32')).toEqual(vector);
    expect(back('binary')).toEqual(sign(vector!).map((value) => value / Math.sqrt(50)));
    const most = Math.max(...vector!.map(Math.abs));
    back('int8').forEach((value, i) => expect(Math.abs(value - vector![i]!)).toBeLessThanOrEqual(most / 127 / 2 + 1e-7));
  });
});

test('where there is no memory for more, what is there stays, up to the last byte', () => {
  const size = 16;
  const most = 90_000;
  const plain = plainScanner();
  const scanner = {
    ...plain,
    get memory() {
      return plain.memory;
    },
    reserve(bytes: number) {
      if (bytes > most) throw new RangeError('no');
      plain.reserve(bytes);
    },
  };
  const table = new VectorTable('float32', size, scanner);
  const vectors = unitVectors(500, size);
  const add = () => {
    for (const vector of vectors) table.push(vector);
  };
  expect(add).toThrow(
    expect.objectContaining({ code: 'runtime-failed', message: expect.stringContaining('vectors of 16 values as float32') }),
  );
  // The scores of a block, the query, and then rows.
  expect(table.count).toBe(Math.floor((most - 16_384 * 4 - size * 4) / (size * 4)));
  expect(() => table.reserve(1)).toThrow();
  expect(table.vector(table.count - 1)).toEqual(vectors[table.count - 1]);
  expect(table.scores(vectors[3]!)[3]).toBeCloseTo(1, 5);
});

describe('topK', () => {
  const byScore = (scores: number[]) => scores.map((_, i) => i).sort((a, b) => scores[b]! - scores[a]! || a - b);
  test('is the start of a stable sort, for any k, with many equals', () => {
    const random = randomFrom(11);
    for (let round = 0; round < 300; round++) {
      const scores = Array.from({ length: Math.floor((random() + 1) * 60) }, () => Math.round(random() * 5));
      const k = Math.floor((random() + 1) * 40);
      expect(topK(scores, scores.length, k, null)).toEqual(byScore(scores).slice(0, k));
      const keep = (index: number) => index % 3 !== 0;
      expect(topK(scores, scores.length, k, keep)).toEqual(byScore(scores).filter(keep).slice(0, k));
    }
  });
  test('never takes NaN', () => expect(topK([NaN, 1, NaN, 2, NaN], 5, 4, null)).toEqual([3, 1]));
  test('takes minus infinity for a score', () => expect(topK([-Infinity, 3, -Infinity], 3, 2, null)).toEqual([1, 0]));
});
