/** What is in an index after documents were added, updated and removed. */
import { expect, test } from 'vitest';
import { createIndex } from '../search.ts';
import { documents, filled, ids, wordModel, WORDS } from './word-model-for-tests.ts';

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
  const index = await createIndex(wordModel().llm, { keywords: false });
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
  const { llm, embedded } = wordModel();
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
  const index = await createIndex(wordModel().llm);
  await expect(index.add([{ id: 'good', text: 'cat' }, document as never])).rejects.toMatchObject({ code: 'invalid-input' });
  expect(index.size.documents).toBe(0);
});

test('an abort stops between groups; the documents that are in are whole, and the rest can follow', async () => {
  const index = await createIndex(wordModel().llm);
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
