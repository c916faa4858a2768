/** The index over a model that is known by heart: a text's vector is the counts of a few words. */
import { describe, expect, test } from 'vitest';
import { createIndex, deleteIndex, listIndexes } from '../search.ts';
import type { Embedder, IndexOptions, Reranker } from './search-types.ts';

const WORDS = ['cat', 'dog', 'fish', 'car', 'train', 'boat', 'red', 'blue'];
/** Synonyms: what meaning finds, and words do not. */
const MEANS: Record<string, string> = { kitten: 'cat', puppy: 'dog', automobile: 'car' };

const tokensOf = (text: string) => text.toLowerCase().match(/[\p{L}\d]+|[^\s\p{L}\d]/gu) ?? [];

function vectorOf(text: string): Float32Array {
  const counts = Float32Array.from(WORDS, () => -0.01);
  for (const token of tokensOf(text)) {
    const at = WORDS.indexOf(MEANS[token] ?? token);
    if (at >= 0) counts[at]! += 1;
  }
  const norm = Math.hypot(...counts);
  return counts.map((value) => value / norm);
}

function model(max_model_len = 64) {
  const embedded: string[] = [];
  const llm = {
    info: { max_model_len, prompts: {} },
    tokenize: async (texts: string | string[], { addSpecialTokens = true } = {}) =>
      [texts].flat().map((text) => ({ count: tokensOf(text).length + (addSpecialTokens ? 2 : 0) })),
    embed: async (texts: string | string[], { signal }: { signal?: AbortSignal } = {}) => {
      signal?.throwIfAborted();
      return [texts].flat().map((text) => {
        embedded.push(text);
        if (tokensOf(text).length + 2 > max_model_len) throw new Error(`too long: ${text}`);
        return { outputs: { embedding: vectorOf(text) } };
      });
    },
  };
  return { llm: llm as unknown as Embedder, embedded };
}

const documents = [
  { id: 'a', text: 'A cat sleeps.', metadata: { color: 'grey', year: 2001, tags: ['home', 'soft'] } },
  { id: 'b', text: 'A dog barks at a car.', metadata: { color: 'brown', year: 2010 } },
  { id: 'c', text: 'The red train is late.', title: 'On rails', metadata: { color: 'red', year: 2020 } },
  { id: 'd', text: 'A blue boat and a fish.', metadata: { color: 'blue', answers: [true, 'maybe'] } },
];

async function filled(options: IndexOptions = {}) {
  const index = await createIndex(model().llm, options);
  await index.add(documents);
  return index;
}
const ids = (hits: readonly { id: string }[]) => hits.map(({ id }) => id);

describe('search', () => {
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
    const index = await createIndex(model().llm);
    await index.add([
      { id: 'prefix', title: 'Stationery', text: 'Stationery and stationers, stationary.' },
      { id: 'word', text: 'A station of which this text says but little, and that at its end.' },
    ]);
    expect(ids(await index.search('station', { mode: 'keyword' }))).toEqual(['word', 'prefix']);
  });
  test('by words tells the passage that has them, the words themselves before those that are nearly so', async () => {
    const index = await createIndex(model().llm, { passageTokens: 12 });
    const [first, second, third] = ['A stationary boat, and no more.', 'A station for the train.', 'A fish with red scales.'];
    await index.add([{ id: 'long', text: [first, second, third].join('\n') }]);
    const passageOf = async (query: string, mode: 'keyword' | 'hybrid' = 'keyword') =>
      (await index.search(query, { mode }))[0]!.passage.text;
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
  test.each<[object, string[]]>([
    [{ color: 'red' }, ['c']],
    [{ color: ['red', 'blue'] }, ['c', 'd']],
    [{ year: { gte: 2010 } }, ['b', 'c']],
    [{ year: { gt: 2001, lt: 2020 } }, ['b']],
    [{ year: { lte: 2001 } }, ['a']],
    [{ color: { not: 'red' }, year: 2010 }, ['b']],
    [{ tags: 'soft' }, ['a']],
    [{ answers: true }, ['d']],
    [{ year: null }, ['d']],
    [{ year: { gt: '1' } }, []],
    [{ constructor: 'x' }, []],
    [{ color: [] }, []],
    [{}, ['a', 'b', 'c', 'd']],
    [{ answers: { not: 'maybe' } }, ['a', 'b', 'c']],
    [{ color: { gt: 'blue', lte: 'grey' } }, ['a', 'b']],
  ])('where %j holds', async (filter, expected) => {
    const index = await filled();
    for (const mode of ['semantic', 'hybrid'] as const) {
      expect(ids(await index.search('cat dog fish train', { filter: filter as never, mode })).sort()).toEqual(expected);
    }
  });
  test.each<[string, unknown]>([
    ['a function', () => false],
    ['null', null],
    ['a text', 'red'],
    ['a list', ['red']],
    ['a Map', new Map([['color', 'red']])],
    ['a condition of nothing', { color: undefined }],
    ['a condition without an operator', { year: {} }],
    ['a condition that is a function', { color: () => false }],
    ['a condition that is a Date', { year: new Date(0) }],
    ['NaN', { year: NaN }],
    ['a list in a list', { color: [['red']] }],
    ['a range from a Date', { year: { gt: new Date(0) } }],
    ['a range to nothing', { year: { gt: 1, lt: undefined } }],
    ['a range of truth', { year: { gt: true } }],
    ['none of several', { color: { not: ['red'] } }],
    ['what objects have by birth', { color: { toString: 1 } }],
    ['what objects have by birth', { color: { constructor: 1 } }],
    ['what objects have by birth', { color: JSON.parse('{ "__proto__": 1 }') }],
  ])('%s is no filter, and answers nothing', async (_, filter) => {
    const index = await filled();
    for (const call of [() => index.search('cat', { filter: filter as never }), () => index.similar('a', { filter: filter as never })])
      await expect(call()).rejects.toMatchObject({ code: 'invalid-option', message: expect.stringMatching(/filter/) });
  });
  test('a vector that is there already takes the place of the model, and the words are those of the query', async () => {
    const { llm, embedded } = model();
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
    const index = await createIndex(model().llm, { keywords: false });
    await index.add([
      { id: '1', text: 'cat cat dog' },
      { id: '2', text: 'cat cat dog ' },
      { id: '3', text: 'cat fish' },
      { id: '4', text: 'boat' },
    ]);
    expect(ids(await index.search('cat', { topK: 2 }))).toEqual(['1', '2']);
    expect(ids(await index.search('cat', { topK: 2, diversity: 0.5 }))).toEqual(['1', '3']);
  });
  test.each([
    [{ topK: 0 }, 'topK must be'],
    [{ topK: NaN }, 'topK must be an integer of at least 1, got NaN.'],
    [{ filter: { year: NaN } }, 'or an object of gt, gte, lt, lte, not; got NaN.'],
    [{ diversity: 2 }, 'diversity must be'],
    [{ mode: 'magic' as never }, 'mode must be'],
    [{ rerankTop: 1.5 }, 'rerankTop must be'],
    [{ filter: { year: { above: 3 } } as never }, 'has no "above"'],
    [{ diversity: '0.5' as never }, 'diversity must be'],
    [{ topK: '3' as never }, 'topK must be'],
    [{ rerank: true as never }, 'rerank of search takes an LLM'],
    [{ rerank: model().llm as never }, 'rerank of search takes an LLM'],
    [{ limit: 3 } as never, 'search has no option "limit"'],
    [{ topk: 3 } as never, 'search has no option "topk"'],
    ['x' as never, 'options of search must be an object'],
  ])('refuses %j', async (options, text) => {
    await expect((await filled()).search('x', options)).rejects.toMatchObject({
      code: 'invalid-option',
      message: expect.stringContaining(text),
    });
  });
  test('refuses what is no query', async () => {
    const index = await filled();
    for (const query of [undefined, null, 5, {}, [1, 'x'], new Float32Array(3), new Float32Array(8).fill(NaN)])
      await expect(index.search(query as never)).rejects.toMatchObject({ code: 'invalid-input' });
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
    const index = await createIndex(model().llm);
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
  test('similar, add, update, import, load and delete refuse options that they do not have', async () => {
    const index = await filled();
    const odd = { onprogress: () => {} } as never;
    const file = await index.export();
    for (const call of [
      () => index.similar('a', { mode: 'semantic' } as never),
      () => index.similar('a', { topK: 0 }),
      () => index.add(documents, odd),
      () => index.update(documents, odd),
      () => index.add(documents, { onProgress: 1 as never }),
      () => index.import(file, odd),
      () => index.load('x', odd),
      () => listIndexes(odd),
      () => deleteIndex('x', odd),
    ])
      await expect(call()).rejects.toMatchObject({ code: 'invalid-option' });
  });
  test('no options may be null', async () => {
    const index = await createIndex(model().llm, null as never);
    await index.add(documents, null as never);
    await index.update(documents, null as never);
    expect(ids(await index.search('cat', null as never))).toContain('a');
    expect(await index.similar('a', null as never)).toHaveLength(3);
  });
});

describe('what is in', () => {
  test('a document with the id of another takes its place, in both indexes', async () => {
    const index = await filled();
    await index.add([{ id: 'a', text: 'A fast car.' }]);
    expect(index.size.documents).toBe(4);
    expect(await index.search('cat', { mode: 'keyword' })).toEqual([]);
    expect(ids(await index.search('automobile', { mode: 'semantic', topK: 1 }))).toEqual(['a']);
    await expect(index.update([{ id: 'none', text: 'x' }])).rejects.toThrow('There is no document "none" to update.');
  });
  test('what is removed is not found again', async () => {
    const index = await filled();
    expect(await index.remove(['a', 'nothing', 'a', 'c'])).toBe(2);
    expect(index.size).toMatchObject({ documents: 2, passages: 2 });
    expect(ids(await index.search('cat train dog boat', { mode: 'hybrid' })).sort()).toEqual(['b', 'd']);
    expect(index.get('a')).toBeUndefined();
    expect(index.has('b')).toBe(true);
  });
  test('many, added and removed in any order, are what is left: each finds itself', async () => {
    const index = await createIndex(model().llm, { keywords: false });
    const text = (i: number) => WORDS.flatMap((word, bit) => ((i >> bit) & 1 ? [word] : [])).join(' ');
    const all = Array.from({ length: 256 }, (_, i) => ({ id: String(i), text: text(i) }));
    await index.add(all);
    await index.remove(all.filter((_, i) => i % 3 === 0).map(({ id }) => id));
    for (let i = 1; i < 256; i++) {
      const [hit] = await index.search(text(i), { topK: 1 });
      expect(hit!.id === String(i)).toBe(i % 3 !== 0);
    }
  });
  test('what is no list is not taken for one', async () => {
    const index = await filled();
    for (const call of [index.remove('abc' as never), index.add('abc' as never), index.update({ id: 'a', text: 'b' } as never)])
      await expect(call).rejects.toMatchObject({ code: 'invalid-input' });
    await expect(index.import('a file' as never)).rejects.toMatchObject({ code: 'invalid-input' });
    expect(index.size.documents).toBe(4);
  });
  test('the same documents again cost nothing, and one that changed takes its place', async () => {
    const { llm, embedded } = model();
    const index = await createIndex(llm);
    await index.add(documents);
    const before = embedded.length;
    await index.add(
      documents.map(({ metadata, ...rest }) => ({ ...rest, metadata: Object.fromEntries(Object.entries(metadata).reverse()) as never })),
    );
    expect(embedded.length).toBe(before);
    await index.add([{ ...documents[0]!, metadata: { color: 'white' } }]);
    expect(embedded.length).toBe(before + 1);
    expect(index.get('a')!.metadata).toEqual({ color: 'white' });
  });
  test('similar documents are the nearest others', async () => {
    const index = await filled();
    await index.add([{ id: 'e', text: 'cat cat' }]);
    expect(ids(await index.similar('a', { topK: 1 }))).toEqual(['e']);
    await expect(index.similar('none')).rejects.toThrow('There is no document "none".');
  });
  test.each([
    [{ text: 'x' }],
    [{ id: 'x', text: 'y', url: 'z' }],
    [{ id: 'x', text: 'y', metadata: { at: new Date(0) } }],
    [{ id: 'x', text: 'y', metadata: { at: NaN } }],
    [{ id: 'x', text: 'y', metadata: { list: [{}] } }],
    [{ id: '', text: 'x' }],
    [{ id: 'x' }],
    [{ id: 'x', text: 'y', title: 3 }],
    [{ id: 'x', text: 'y', metadata: [] }],
    [null],
  ])('%j is no document, and nothing is added', async (document) => {
    const index = await createIndex(model().llm);
    await expect(index.add([{ id: 'good', text: 'cat' }, document as never])).rejects.toMatchObject({ code: 'invalid-input' });
    expect(index.size.documents).toBe(0);
  });
});

describe('long documents', () => {
  const long = Array.from({ length: 40 }, (_, i) => `Sentence ${i} is about ${i === 33 ? 'a blue boat' : 'nothing'} here.`).join(' ');
  test('are cut between sentences, nothing is lost, and the hit says where', async () => {
    const { llm, embedded } = model(32);
    const index = await createIndex(llm);
    await index.add([{ id: 'long', text: long, title: 'T' }]);
    const passages = embedded.slice(1).map((text) => text.slice(2));
    expect(passages.length).toBeGreaterThan(5);
    expect(passages.join(' ')).toBe(long);
    for (const passage of passages) expect(passage).toMatch(/^Sentence .*\.$/);
    const [hit] = await index.search('boat blue', { mode: 'semantic' });
    expect(hit!.passage.text).toContain('a blue boat');
    expect(long.slice(hit!.passage.start, hit!.passage.end)).toBe(hit!.passage.text);
  });
  test.each([
    ['one sentence without an end', 'cat dog fish '.repeat(60)],
    ['one word without a space', '猫'.repeat(300)],
    ['white space alone', ' \n \n'],
    ['nothing', ''],
    ['emoji of several code points', '👩‍👩‍👧‍👦'.repeat(40)],
  ])('%s', async (_, text) => {
    const { llm, embedded } = model(32);
    const count = llm.tokenize;
    // Each character a token: no word is short enough.
    llm.tokenize = (async (texts: string | string[], options: object) => {
      const outputs = await count(texts, options as never);
      return text.startsWith('猫')
        ? [texts].flat().map((one) => ({ count: one.length + ('addSpecialTokens' in options ? 0 : 2) }))
        : outputs;
    }) as never;
    const index = await createIndex(llm);
    await index.add([{ id: 'x', text }]);
    expect(embedded.slice(1).join('').replaceAll(/\s/g, '')).toBe(text.replaceAll(/\s/g, ''));
    expect((await index.search('cat', { mode: 'semantic' }))[0]!.id).toBe('x');
  });
});

test('an abort stops between groups; the documents that are in are whole, and the rest can follow', async () => {
  const index = await createIndex(model().llm);
  const many = Array.from({ length: 100 }, (_, i) => ({ id: String(i), text: 'cat' }));
  const stop = new AbortController();
  const seen: number[] = [];
  const adding = index.add(many, {
    signal: stop.signal,
    onProgress: ({ done, total }) => {
      seen.push(done);
      expect(total).toBe(100);
      if (done >= 32) stop.abort();
    },
  });
  await expect(adding).rejects.toMatchObject({ code: 'aborted' });
  expect(index.size.documents).toBe(seen.at(-1));
  await index.add(many.filter(({ id }) => !index.has(id)));
  expect(index.size.documents).toBe(100);
});

test('an option that is none is refused', async () => {
  for (const oversample of [0, NaN, Infinity])
    await expect(createIndex(model().llm, { coarse: { precision: 'binary', oversample } })).rejects.toMatchObject({
      code: 'invalid-option',
    });
  for (const coarse of [{ dimensions: 0 }, { dimensions: 4096 }, { dimensions: 1.5 }, { precision: 'fp4' as 'int8' }])
    await expect(createIndex(model().llm, { coarse: { precision: 'binary', ...coarse } })).rejects.toMatchObject({
      code: 'invalid-option',
    });
  for (const options of [
    { passageTokens: NaN },
    { passageTokens: '50' },
    { passageTokens: 0 },
    { keywords: 'no' },
    { lateChunking: 1 },
    { coarse: 'binary' },
    { coarse: null },
    { coarse: { precision: 'binary', oversamples: 3 } },
    { coarse: { precision: 'binary', oversample: '3' } },
    { onLog: 'no' },
    { queryPromptName: 3 },
  ])
    await expect(createIndex(model().llm, options as never)).rejects.toMatchObject({ code: 'invalid-option' });
  for (const llm of [undefined, null, {}, 'all-MiniLM-L6-v2'])
    await expect(createIndex(llm as never)).rejects.toMatchObject({ code: 'invalid-option', message: expect.stringContaining('an LLM') });
  const fine = await filled({ keywords: false, coarse: { precision: 'binary', oversample: 1.3 } });
  expect(ids(await fine.search('cat', { topK: 1 }))).toEqual(['a']);
  await expect(createIndex(model().llm, { precison: 'int8' } as never)).rejects.toThrow('createIndex has no option "precison"');
});
