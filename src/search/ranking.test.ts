/** Numbers that decide the order, each held against what docs/search.md and docs/quality.md say of it. */
import { describe, expect, test } from 'vitest';
import { createIndex } from '../search.ts';
import { reciprocalRanks } from './fuse.ts';
import { checkSameModel } from './model-identity.ts';
import { hashModel } from './model-for-tests.ts';
import { PassageTable } from './passage-table.ts';
import { packVector } from './row-format.ts';
import type { Embedder } from './search-types.ts';

test('a document that is 60th in both lists does not pass the first of one, and one that is 20th does', () => {
  const listOf = (name: string, shared: number) => Array.from({ length: 60 }, (_, i) => (i + 1 === shared ? 'shared' : `${name}${i + 1}`));
  const order = (shared: number) => reciprocalRanks([listOf('a', shared), listOf('b', shared)]).map(([key]) => key);
  expect(order(60).slice(0, 2)).toEqual(['a1', 'b1']);
  expect(order(20)[0]).toBe('shared');
  // 1 / (20 + rank), by hand.
  expect(reciprocalRanks([['x', 'y'], ['y']])).toEqual([
    ['y', 1 / 22 + 1 / 21],
    ['x', 1 / 21],
  ]);
});

test('hybrid reads both lists deep: what is 15th in both is the best of all', async () => {
  // A text's vector is on a circle, at its number; the query is at 0.
  const at = (text: string) => Number(/#(\d+)/.exec(text)?.[1] ?? 0) / 400;
  const embed = async (texts: string | string[]) =>
    [texts].flat().map((text) => ({ outputs: { embedding: Float32Array.of(Math.cos(at(text)), Math.sin(at(text))) } }));
  const index = await createIndex({ ...hashModel(), embed } as unknown as Embedder);
  // Those of words alone are further away in meaning than any that is looked at.
  const near = Array.from({ length: 14 }, (_, i) => ({ id: `near ${i}`, text: `#${i + 1} nothing` }));
  const filler = Array.from({ length: 200 }, (_, i) => ({ id: `filler ${i}`, text: `#${i + 20} nothing` }));
  const words = Array.from({ length: 14 }, (_, i) => ({ id: `words ${i}`, text: `#${i + 400} zebra zebra zebra` }));
  await index.add([...near, ...filler, ...words, { id: 'both', text: '#15 zebra' }]);
  const ids = async (mode: 'semantic' | 'keyword' | 'hybrid', topK: number) =>
    (await index.search('zebra', { mode, topK })).map(({ id }) => id);
  expect((await ids('semantic', 20)).indexOf('both')).toBe(14);
  expect((await ids('keyword', 20)).indexOf('both')).toBe(14);
  expect(await ids('hybrid', 1)).toEqual(['both']);
});

test('a word in the title counts double', async () => {
  const index = await createIndex(hashModel());
  // Alike but for the place of one word: as many words in each part.
  await index.add([
    { id: 'title', title: 'zebra one', text: 'two three' },
    { id: 'text', title: 'four five', text: 'zebra six' },
  ]);
  const [first, second] = await index.search('zebra', { mode: 'keyword' });
  expect(first!.id).toBe('title');
  expect(first!.score / second!.score).toBeCloseTo(2, 5);
});

test('a first pass over the first values compares directions, not lengths', async () => {
  const table = new PassageTable(3, 'float32', { precision: 'float32', dimensions: 2, oversample: 1 });
  // Of unit length. To [1, 0] the first two values of one have an angle of 0, and are short; those of the other one of 37 degrees, and are long.
  const [same, other] = [Float32Array.of(0.6, 0, 0.8), Float32Array.of(0.8, 0.6, 0)];
  for (const [key, vector] of [same, other].entries()) table.add(key, [packVector(table.format, vector)]);
  const [hits] = await table.nearest([Float32Array.of(1, 0, 0)], 1, null);
  expect(hits!.map(({ document }) => document)).toEqual([0]);
});

describe('the model of an index is the same', () => {
  const identity = (cosine: number, length = 1) => ({
    name: 'm',
    dtype: 'fp32',
    pooling: 'MEAN',
    canary: Float32Array.of(cosine * length, Math.sqrt(1 - cosine ** 2) * length),
  });
  test.each([1, 0.995, 0.9901])('with a cosine of %d', (cosine) =>
    expect(() => checkSameModel(identity(1), identity(cosine), 'It')).not.toThrow(),
  );
  test.each([0.9899, 0.95, 0.6, 0, -1])('and another with one of %d', (cosine) =>
    expect(() => checkSameModel(identity(1), identity(cosine), 'It')).toThrow(expect.objectContaining({ code: 'model-mismatch' })),
  );
  test.each([
    [1, 1.002],
    [5.7, 5.7],
    [5.7, 6.3],
  ])('with lengths of %d and %d', (a, b) => {
    for (const [one, other] of [[a, b] as const, [b, a] as const])
      expect(() => checkSameModel(identity(1, one), identity(0.995, other), 'It')).not.toThrow();
  });
  test.each<[number, number, string]>([
    [1, 5.7, 'the lengths 1.000 and 5.700, so one normalises them (normalize) and the other does not'],
    [1, 1.05, 'the lengths 1.000 and 1.050, so one normalises'],
    [1, 0.9, 'the lengths 1.000 and 0.900, so one normalises'],
    [5.7, 6.9, 'the lengths 5.700 and 6.900. Open it'],
    [5.7, 0.01, 'the lengths 5.700 and 0.010. Open it'],
  ])('and another with lengths of %d and %d', (a, b, words) => {
    const thrown = { code: 'model-mismatch', message: expect.stringContaining(words) as string };
    expect(() => checkSameModel(identity(1, a), identity(1, b), 'It')).toThrow(expect.objectContaining(thrown));
    expect(() => checkSameModel(identity(1, b), identity(1, a), 'It')).toThrow(expect.objectContaining({ code: 'model-mismatch' }));
  });
});
