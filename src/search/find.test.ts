/** What a search finds, and in what order. */
import { expect, test } from 'vitest';
import { createIndex } from '../search.ts';
import type { Reranker } from './search-types.ts';
import { documents, filled, ids, vectorOf, wordModel, WORDS } from './word-model-for-tests.ts';

test('by meaning finds what has no word in common, with its passage', async () => {
  const [best] = await (await filled()).search('kitten', { mode: 'semantic' });
  expect(best).toMatchObject({
    id: 'a',
    passage: { start: 0, end: 13, text: 'A cat sleeps.' },
    title: null,
    metadata: { color: 'grey' },
  });
  expect(best!.score).toBeGreaterThan(0.9);
});
test('by words does not, and finds what is spelt nearly so', async () => {
  const index = await filled();
  expect(await index.search('kitten', { mode: 'keyword' })).toEqual([]);
  expect(ids(await index.search('trein', { mode: 'keyword' }))).toEqual(['c']);
  expect(ids(await index.search('rails', { mode: 'keyword' }))).toEqual(['c']);
});
test('by words has the word itself before what only begins with it, even in a title', async () => {
  const index = await createIndex(wordModel().llm);
  await index.add([
    { id: 'prefix', title: 'Stationery', text: 'Stationery and stationers, stationary.' },
    { id: 'word', text: 'A station of which this text says but little, and that at its end.' },
  ]);
  expect(ids(await index.search('station', { mode: 'keyword' }))).toEqual(['word', 'prefix']);
});
test('by words tells the passage that has them, the words themselves before those that are nearly so', async () => {
  const index = await createIndex(wordModel().llm, { passageTokens: 12 });
  const [first, second, third] = ['A stationary boat, and no more.', 'A station for the train.', 'A fish with red scales.'];
  await index.add([{ id: 'long', text: [first, second, third].join('\n') }]);
  const passageOf = async (query: string, mode: 'keyword' | 'hybrid' = 'keyword') => (await index.search(query, { mode }))[0]!.passage.text;
  expect(await passageOf('station')).toBe(second);
  expect(await passageOf('scales fish')).toBe(third);
  expect(await passageOf('statio')).toBe(first); // as near to one as to the other
});
test('by both has what either finds', async () => {
  const index = await filled();
  const hits = await index.search('puppy late', { topK: 2 });
  expect(ids(hits).sort()).toEqual(['b', 'c']);
});
test.each(['float32', 'int8', 'binary'] as const)('keeps vectors as %s', async (precision) => {
  const index = await filled({ precision, keywords: false });
  expect(ids(await index.search('a blue boat with a fish', { topK: 1 }))).toEqual(['d']);
  expect(index.size).toMatchObject({ documents: 4, passages: 4 });
});
test('a first pass of bits and a second of floats come to the same order as floats alone', async () => {
  const exact = await filled({ keywords: false });
  const coarse = await filled({ keywords: false, coarse: { precision: 'binary', oversample: 2 } });
  for (const query of ['red car', 'cat', 'fish boat', 'dog']) {
    expect(ids(await coarse.search(query, { topK: 2 }))).toEqual(ids(await exact.search(query, { topK: 2 })));
  }
});
test('of bits alone have the cosine of the signs for a score, with a first pass and without', async () => {
  const signs = (text: string) => vectorOf(text).map((value) => (value > 0 ? 1 : -1));
  const expected = signs('a red car').reduce((sum, value, i) => sum + (value * signs(documents[1]!.text)[i]!) / WORDS.length, 0);
  for (const coarse of [undefined, { precision: 'binary', oversample: 4 }, { precision: 'float32', oversample: 4 }] as const) {
    const index = await filled({ precision: 'binary', ...(coarse && { coarse }) });
    const hits = await index.search('a red car', { mode: 'semantic' });
    expect(hits.find(({ id }) => id === 'b')!.score).toBeCloseTo(expected, 6);
    const [like] = await index.similar('a', { topK: 1 });
    expect(Math.abs(like!.score)).toBeLessThanOrEqual(1);
  }
});
test('a vector that is there already takes the place of the model, and the words are those of the query', async () => {
  const { llm, embedded } = wordModel();
  const index = await createIndex(llm);
  await index.add(documents);
  embedded.length = 0;
  const options = { embedding: vectorOf('a puppy'), topK: 2 };
  expect(ids(await index.search('train', options)).sort()).toEqual(['b', 'c']);
  expect(ids(await index.search('train', { ...options, mode: 'semantic', topK: 1 }))).toEqual(['b']);
  expect(embedded).toEqual([]);
  await expect(index.search('train', { embedding: Float32Array.of(NaN) })).rejects.toMatchObject({ code: 'invalid-input' });
});
test('a reranker reads the best again, and its order is the answer', async () => {
  const read: string[][] = [];
  const rerank = {
    rerank: async (_: string, texts: string[]) => {
      read.push(texts);
      return texts.map((_, index) => ({ index, relevance_score: index })).reverse();
    },
  } as unknown as Reranker;
  const index = await filled();
  const hits = await index.search('train', { mode: 'semantic', rerank, rerankTop: 3, topK: 2 });
  expect(read[0]).toHaveLength(3);
  expect(read[0]![0]).toBe('On rails\nThe red train is late.');
  expect(hits.map(({ score }) => score)).toEqual([2, 1]);
});
test.each([3, -1, 0.5, NaN])('a reranker that answers the document %d of three is said', async (index) => {
  const rerank = { rerank: async () => [{ index, relevance_score: 1 }] } as unknown as Reranker;
  const searching = (await filled()).search('train', { mode: 'semantic', rerank, rerankTop: 3, topK: 3 });
  await expect(searching).rejects.toMatchObject({
    code: 'runtime-failed',
    message: `The reranker answered the place ${index}, and there are 3 documents.`,
  });
});
test('what is removed while a reranker reads is in no answer', async () => {
  const index = await filled();
  const rerank = {
    rerank: async (_: string, texts: string[]) => {
      index.remove(['a']);
      return texts.map((_, index) => ({ index, relevance_score: -index }));
    },
  } as unknown as Reranker;
  const found = ids(await index.search('cat', { mode: 'semantic', rerank, diversity: 0.1 }));
  expect(found.sort()).toEqual(['b', 'c', 'd']);
});
test('with diversity takes the unlike before more of the same', async () => {
  const index = await createIndex(wordModel().llm, { keywords: false });
  await index.add([
    { id: '1', text: 'cat cat dog' },
    { id: '2', text: 'cat cat dog ' },
    { id: '3', text: 'cat fish' },
    { id: '4', text: 'boat' },
  ]);
  expect(ids(await index.search('cat', { topK: 2 }))).toEqual(['1', '2']);
  expect(ids(await index.search('cat', { topK: 2, diversity: 0.5 }))).toEqual(['1', '3']);
});
test('a vector may be a list of numbers too', async () => {
  const index = await filled();
  expect(await index.search([...vectorOf('cat')] as never)).toEqual(await index.search(vectorOf('cat')));
});
test.each([
  [{ topK: 3 }, 20],
  [{ topK: 3, rerankTop: 5 }, 5],
  [{ topK: 7, rerankTop: 5 }, 7],
  [{ topK: 25 }, 25],
  [{ topK: 6, diversity: 0.5 }, 24],
  [{ topK: 2, diversity: 0.5 }, 20],
  [{ topK: 6, diversity: 0.5, rerankTop: 8 }, 8],
])('with %j a reranker reads %i passages', async (options, expected) => {
  const index = await createIndex(wordModel().llm);
  await index.add(Array.from({ length: 40 }, (_, i) => ({ id: String(i), text: `cat ${i}` })));
  let read = 0;
  const rerank = {
    rerank: async (_: string, texts: string[]) => {
      read = texts.length;
      return texts.map((_, index) => ({ index, relevance_score: -index }));
    },
  } as unknown as Reranker;
  expect(await index.search('cat', { mode: 'semantic', rerank, ...options })).toHaveLength(options.topK);
  expect(read).toBe(expected);
});
