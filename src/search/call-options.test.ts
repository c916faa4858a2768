/** Options that a call or an index does not have, or that have no such value. */
import { expect, test } from 'vitest';
import { createIndex, deleteIndex, listIndexes } from '../search.ts';
import { documents, filled, ids, wordModel } from './word-model-for-tests.ts';

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
  [{ rerank: wordModel().llm as never }, 'rerank of search takes an LLM'],
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
test('vLLM’s spelling of an option is the same option', async () => {
  const index = await createIndex(wordModel().llm, { passage_tokens: 40 });
  await index.add(documents, { on_progress: () => {} });
  expect(await index.search('cat', { top_k: 2 })).toEqual(await index.search('cat', { topK: 2 }));
  expect(await index.similar('a', { top_k: 1 })).toHaveLength(1);
});
test('no options may be null', async () => {
  const index = await createIndex(wordModel().llm, null as never);
  await index.add(documents, null as never);
  await index.update(documents, null as never);
  expect(ids(await index.search('cat', null as never))).toContain('a');
  expect(await index.similar('a', null as never)).toHaveLength(3);
});

test('an option that is none is refused', async () => {
  for (const oversample of [0, NaN, Infinity])
    await expect(createIndex(wordModel().llm, { coarse: { precision: 'binary', oversample } })).rejects.toMatchObject({
      code: 'invalid-option',
    });
  for (const coarse of [{ dimensions: 0 }, { dimensions: 4096 }, { dimensions: 1.5 }, { precision: 'fp4' as 'int8' }])
    await expect(createIndex(wordModel().llm, { coarse: { precision: 'binary', ...coarse } })).rejects.toMatchObject({
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
    await expect(createIndex(wordModel().llm, options as never)).rejects.toMatchObject({ code: 'invalid-option' });
  for (const llm of [undefined, null, {}, 'all-MiniLM-L6-v2'])
    await expect(createIndex(llm as never)).rejects.toMatchObject({ code: 'invalid-option', message: expect.stringContaining('an LLM') });
  const fine = await filled({ keywords: false, coarse: { precision: 'binary', oversample: 1.3 } });
  expect(ids(await fine.search('cat', { topK: 1 }))).toEqual(['a']);
  await expect(createIndex(wordModel().llm, { precison: 'int8' } as never)).rejects.toThrow('createIndex has no option "precison"');
});
