/** Documents of several passages: what reads, compares or counts afterwards does so with the passage that was found. Expected: angles on a circle. */
import { beforeAll, expect, test } from 'vitest';
import { createIndex, type SearchIndex } from '../search.ts';
import { hashModel } from './model-for-tests.ts';
import type { Embedder, SearchOptions } from './search-types.ts';

/** A passage of a sentence, whose vector has an angle of so many degrees. */
const sentence = (degrees: number) => `It is about #${degrees}, and about ${'nothing '.repeat(5)}else.`;
const text = (...degrees: number[]) => degrees.map(sentence).join(' ');
const degreesIn = (words: string) => Number(/#(-?\d+)/.exec(words)?.[1] ?? 0);
const embed = async (texts: string | string[]) =>
  [texts].flat().map((words) => {
    const radians = (degreesIn(words) * Math.PI) / 180;
    return { outputs: { embedding: Float32Array.of(Math.cos(radians), Math.sin(radians)) } };
  });
const model = { ...hashModel({ most: 24 }), embed } as unknown as Embedder;

async function indexOf(documents: Record<string, number[]>): Promise<SearchIndex> {
  const index = await createIndex(model);
  await index.add(Object.entries(documents).map(([id, degrees]) => ({ id, text: text(...degrees) })));
  expect(index.size.passages).toBe(Object.values(documents).flat().length);
  return index;
}
const semantic: SearchOptions = { mode: 'semantic', topK: 3 };

let index: SearchIndex;
beforeAll(async () => {
  index = await indexOf({ late: [170, 120, 3], middle: [90, 6, 100], first: [10, 80] });
});

test('a hit is of the nearest passage', async () => {
  const hits = await index.search('#0', semantic);
  expect(hits.map(({ id, passage }) => [id, degreesIn(passage.text)])).toEqual([
    ['late', 3],
    ['middle', 6],
    ['first', 10],
  ]);
});

test('a reranker reads it', async () => {
  let read: string[] = [];
  const rerank = async (_: string, texts: string[]) => {
    read = texts;
    return texts.map((_, index) => ({ index, relevance_score: index })).toReversed();
  };
  const hits = await index.search('#0', { ...semantic, rerank: { rerank } as never });
  expect(read.map(degreesIn)).toEqual([3, 6, 10]);
  expect(hits.map(({ passage }) => degreesIn(passage.text))).toEqual([10, 6, 3]);
});

test('diversity compares it', async () => {
  // By their first passages the twins are as far apart as can be.
  const some = await indexOf({ twin: [90, 0], 'second twin': [-90, 1], unlike: [92, 100] });
  expect((await some.search('#0', { ...semantic, topK: 2, diversity: 0.6 })).map(({ id }) => id)).toEqual(['twin', 'unlike']);
});

test('similar compares the nearest passages of both', async () => {
  const some = await indexOf({ own: [0, 90], 'by the first': [40, 45], 'by the second': [180, 91] });
  const hits = await some.similar('own');
  expect(hits.map(({ id, passage }) => [id, degreesIn(passage.text)])).toEqual([
    ['by the second', 91],
    ['by the first', 40],
  ]);
  expect(hits[0]!.score).toBeCloseTo(Math.cos(Math.PI / 180), 5);
});

test.each([
  ['float32', {}],
  ['float32, after a first pass', { coarse: { precision: 'binary', oversample: 1 } as const }],
])('passages of one document in all the first places leave room for others: %s', async (_, options) => {
  const some = await createIndex(model, options);
  await some.add([
    { id: 'many', text: text(...Array.from({ length: 60 }, (_, i) => i % 7)) },
    ...[20, 25, 30].map((degrees) => ({ id: String(degrees), text: text(degrees) })),
  ]);
  expect((await some.search('#0', { ...semantic, topK: 4 })).map(({ id }) => id)).toEqual(['many', '20', '25', '30']);
});
