/** What callers bring and what they get: titles without room, vectors of their own, copies that are theirs to write to. */
import { describe, expect, test } from 'vitest';
import { createIndex } from '../search.ts';
import { hashModel, vectorOf } from './model-for-tests.ts';
import type { SearchDocument } from './search-types.ts';

describe('a title that leaves no room for the text', () => {
  const many = Array.from({ length: 40 }, (_, i): SearchDocument => ({ id: String(i), text: `Text ${i}.` }));
  many[37] = { id: 'full', title: 'A title without end. '.repeat(20), text: 'And a text.' };
  test('is named before anything is computed', async () => {
    const llm = hashModel();
    const index = await createIndex(llm);
    const before = llm.embedded;
    await expect(index.add(many)).rejects.toMatchObject({ code: 'invalid-input' });
    await expect(index.add(many)).rejects.toThrow('the title of "full" has');
    expect(llm.embedded).toBe(before);
    expect(index.size.documents).toBe(0);
  });
  test('is no fault of a document that brings its vector, or is cut as text', async () => {
    const index = await createIndex(hashModel());
    await index.add([
      { ...many[37]!, embedding: vectorOf('any') },
      { id: 'text', text: `${many[37]!.title!}\nAnd a text.` },
    ]);
    expect(index.size.documents).toBe(2);
  });
  test('passages without room at all are the fault of an option', async () => {
    const index = await createIndex(hashModel(), { passageTokens: 10 });
    await expect(index.add(many.slice(0, 1))).rejects.toMatchObject({ code: 'invalid-option' });
    const none = await createIndex(hashModel(), { passageTokens: 1 });
    await expect(none.add(many.slice(0, 1))).rejects.toThrow('there is room for 0: passageTokens');
  });
});

describe('a vector that is brought', () => {
  test('counts by its direction alone, as those of the model do', async () => {
    const index = await createIndex(hashModel(), { keywords: false });
    const far = vectorOf('far').map((value) => value * 1_000);
    await index.add([
      { id: 'far', text: 'far', embedding: far },
      { id: 'near', text: 'near', embedding: Array.from(vectorOf('near'), (value) => value / 3) },
    ]);
    const [first, second] = await index.search(vectorOf('near'));
    expect(first).toMatchObject({ id: 'near', score: expect.closeTo(1, 5) });
    expect(second!.score).toBeLessThan(1);
  });
  test('keeps its length where the model’s own have any', async () => {
    const model = hashModel();
    const { embed } = model;
    model.embed = (async (texts: string[]) =>
      (await embed(texts)).map(({ outputs }) => ({ outputs: { embedding: outputs.embedding.map((value) => value * 7) } }))) as never;
    const index = await createIndex(model, { keywords: false });
    await index.add([{ id: 'a', text: 'a', embedding: vectorOf('a').map((value) => value * 7) }]);
    expect((await index.search('a'))[0]!.score).toBeCloseTo(49, 3);
  });
  test('takes the place of another one of the same text', async () => {
    const index = await createIndex(hashModel(), { keywords: false });
    for (const word of ['one', 'two']) await index.add([{ id: 'a', text: 'same', embedding: vectorOf(word) }]);
    expect((await index.search(vectorOf('two')))[0]!.score).toBeCloseTo(1, 5);
  });
  test('of a query counts by its direction alone, too', async () => {
    const index = await createIndex(hashModel());
    await index.add([{ id: 'near', text: 'near' }]);
    const far = vectorOf('near').map((value) => value * 1_000);
    expect((await index.search(far))[0]!.score).toBeCloseTo(1, 5);
    expect((await index.search('near', { embedding: far, mode: 'semantic' }))[0]!.score).toBeCloseTo(1, 5);
  });
  test.each<[string, unknown]>([
    ['too short', vectorOf('a').subarray(1)],
    ['of texts', Array.from(vectorOf('a'), String)],
    ['of big integers', new BigInt64Array(16).fill(1n)],
    ['of what is no number in float32', Array.from({ length: 16 }, () => 1e300)],
    ['with a hole', Object.assign([...vectorOf('a')], { length: 15 }).concat(Array(1))],
    ['without a direction', new Float32Array(16)],
    ['of bytes without a type', new DataView(new ArrayBuffer(64))],
  ])('that is %s is refused, in a document and in a query of any mode', async (_, vector) => {
    const index = await createIndex(hashModel());
    await index.add([{ id: 'a', text: 'a' }]);
    const embedding = vector as Float32Array;
    const refused = { code: 'invalid-input' };
    await expect(index.add([{ id: 'b', text: 'b', embedding }])).rejects.toMatchObject(refused);
    await expect(index.search(embedding)).rejects.toMatchObject(refused);
    for (const mode of ['hybrid', 'semantic', 'keyword'] as const)
      await expect(index.search('a', { embedding, mode })).rejects.toMatchObject(refused);
  });
  test('is one: not both the query and its embedding', async () => {
    const index = await createIndex(hashModel());
    await expect(index.search(vectorOf('a'), { embedding: vectorOf('b') })).rejects.toMatchObject({ code: 'invalid-option' });
  });
  test('has a direction', async () => {
    const index = await createIndex(hashModel());
    await expect(index.add([{ id: 'zero', text: '', embedding: new Float32Array(16) }])).rejects.toMatchObject({ code: 'invalid-input' });
  });
});

test('what an index answers is the caller’s to write to: the index stays as it is, and a change that is added again counts', async () => {
  const llm = hashModel();
  const index = await createIndex(llm);
  await index.add([{ id: 'a', text: 'A cat.', metadata: { kind: 'pet', tags: ['soft'] } }]);
  const copy = index.get('a')!;
  const [hit] = await index.search('A cat.');
  for (const { metadata } of [copy, hit!]) {
    (metadata!.tags as string[]).push('wet');
    Object.assign(metadata!, { kind: 'fish' });
  }
  copy.text = 'A trout.';
  const kept = { id: 'a', text: 'A cat.', metadata: { kind: 'pet', tags: ['soft'] } };
  expect(index.get('a')).toEqual(kept);
  expect((await index.search('A cat.', { filter: { kind: 'pet' } }))[0]!.metadata).toEqual(kept.metadata);
  const before = llm.embedded;
  await index.update([copy]);
  expect(llm.embedded).toBe(before + 1);
  expect(index.get('a')).toEqual({ id: 'a', text: 'A trout.', metadata: { kind: 'fish', tags: ['soft', 'wet'] } });
});

test('what a caller changes while a search is under way does not count', async () => {
  const index = await createIndex(hashModel());
  await index.add([
    { id: 'cat', text: 'A cat.', metadata: { kind: 'pet', age: 1 } },
    { id: 'car', text: 'A car.', metadata: { kind: 'thing', age: 9 } },
  ]);
  const kinds = ['pet'];
  const filter = { kind: kinds, age: { lt: 3 } };
  const searching = [index.search('car', { filter }), index.similar('car', { filter })];
  kinds[0] = 'thing';
  filter.age.lt = 10;
  Object.assign(filter, { age: { gt: 100 } });
  for (const hits of await Promise.all(searching)) expect(hits.map(({ id }) => id)).toEqual(['cat']);
  for (const list of [vectorOf('A cat.'), [...vectorOf('A cat.')]]) {
    const vector = list as Float32Array;
    const found = [index.search(vector, { topK: 1 }), index.search('x', { embedding: vector, mode: 'semantic', topK: 1 })];
    vector.fill(NaN);
    for (const [hit] of await Promise.all(found)) expect(hit).toMatchObject({ id: 'cat', score: expect.closeTo(1, 5) });
  }
});

test('a signal that has fired is `aborted`, whatever the model makes of it', async () => {
  const llm = hashModel();
  await expect(createIndex(llm, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'aborted' });
  expect(llm.embedded).toBe(0);
});

test('a signal that has fired is heard by a search that asks no model', async () => {
  const index = await createIndex(hashModel());
  await index.add([{ id: 'a', text: 'A cat.' }]);
  const signal = AbortSignal.abort();
  for (const options of [{ mode: 'keyword' }, { embedding: vectorOf('cat') }, { mode: 'semantic', embedding: vectorOf('cat') }] as const)
    await expect(index.search('cat', { ...options, signal })).rejects.toMatchObject({ code: 'aborted' });
  await expect(index.search(vectorOf('cat'), { signal })).rejects.toMatchObject({ code: 'aborted' });
});

test('a signal that fires while vectors are compared is heard', async () => {
  const index = await createIndex(hashModel());
  await index.add([{ id: 'a', text: 'A cat.' }]);
  const stop = new AbortController();
  const searching = index.search('cat', { embedding: vectorOf('cat'), signal: stop.signal });
  await Promise.resolve();
  stop.abort();
  await expect(searching).rejects.toMatchObject({ code: 'aborted' });
});

test('a field that every object has is none of the metadata', async () => {
  const index = await createIndex(hashModel());
  await index.add([{ id: 'a', text: 'A cat.', metadata: { kind: 'pet' } }]);
  expect(await index.search('cat', { filter: { toString: null } })).toHaveLength(1);
});
