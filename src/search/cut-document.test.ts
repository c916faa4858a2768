/** Documents cut for a model: whatever stands before a passage, the model reads all of it. */
import { describe, expect, test } from 'vitest';
import { createIndex } from '../search.ts';
import { titled } from './contents.ts';
import { cutDocuments } from './cut-document.ts';
import type { Embedder, IndexOptions } from './search-types.ts';
import { wordModel } from './word-model-for-tests.ts';

/** A word is a token, and there are two special ones. */
const wordsIn = (text: string) => text.match(/\S+/g)?.length ?? 0;
const most = 40;
const prompts = { passage: 'These five words go before: ', usual: 'Eight words that go before what has none: ' };
const llm = (default_prompt_name: string | null = null) =>
  ({
    info: { max_model_len: most, prompts, default_prompt_name },
    tokenize: async (texts: string | string[], { addSpecialTokens = true } = {}) =>
      [texts].flat().map((text) => ({ count: wordsIn(text) + (addSpecialTokens ? 2 : 0) })),
  }) as unknown as Embedder;

/** That only names its prompts. */
const server = (prompts: Record<string, string> = {}) => ({ ...llm(), info: { ...llm().info, device: 'remote', prompts } }) as Embedder;

const text = Array.from({ length: 300 }, (_, i) => `${i % 9 === 0 ? 'Word' : 'word'}${i}${i % 9 === 8 ? '.' : ''}`).join(' ');
const title = 'A title of eleven words that stands before each of them';

test.each<[string, { title?: string; options?: IndexOptions; usual?: string; prompt?: string }]>([
  ['nothing', {}],
  ['a title', { title }],
  ['the prompt of documents', { options: { documentPromptName: 'passage' }, prompt: prompts.passage }],
  ['the model’s own prompt', { usual: 'usual', prompt: prompts.usual }],
  [
    'a title, and the prompt of documents in place of the own',
    { title, options: { documentPromptName: 'passage' }, usual: 'usual', prompt: prompts.passage },
  ],
  ['a title, and no prompt in place of the own', { title, options: { documentPromptName: '' }, usual: 'usual' }],
  ['a title in late chunking', { title, options: { lateChunking: true } }],
])('before a passage: %s', async (_, { title, options = {}, usual, prompt = '' }) => {
  const [cut] = await cutDocuments(llm(usual), options, [{ id: 'a', text, ...(title && { title }) }], undefined);
  const read = cut!.windows.map(({ part }) => wordsIn(prompt + titled(title, text.slice(part.start, part.end))) + 2);
  for (const tokens of read) expect(tokens).toBeLessThanOrEqual(most);
  // Two for seams, and a sentence of nine that did not fit any more.
  expect(read[0]).toBeGreaterThanOrEqual(most - 2 - 9);
  const words = cut!.passages.map(({ start, end }) => text.slice(start, end)).join(' ');
  expect(words.split(/\s+/)).toEqual(text.split(' '));
});

test('passages of more tokens than the model reads are as long as it reads: what is cut off would not be found', async () => {
  const cut = (options: IndexOptions) => cutDocuments(llm(), options, [{ id: 'a', text, title }], undefined);
  expect(await cut({ passageTokens: 10 * most })).toEqual(await cut({}));
  expect(await cut({ passageTokens: most - 15 })).not.toEqual(await cut({}));
});

test('a prompt that a server keeps to itself is not taken for none', async () => {
  const cut = (llm: Embedder, options: IndexOptions) => cutDocuments(llm, options, [{ id: 'a', text }], undefined);
  await expect(cut(server(), { documentPromptName: 'passage' })).rejects.toThrow('does not say what its prompt "passage" is');
  await expect(cut(server(), { documentPromptName: 'passage' })).rejects.toMatchObject({ code: 'invalid-option' });
  const none = await cut(llm(), { documentPromptName: '' });
  for (const options of [{}, { documentPromptName: '' }]) expect(await cut(server(), options)).toEqual(none);
  const told = { documentPromptName: 'passage' };
  expect(await cut(server(prompts), told)).toEqual(await cut(llm(), told));
});

describe('a long document in an index', () => {
  const long = Array.from({ length: 40 }, (_, i) => `Sentence ${i} is about ${i === 33 ? 'a blue boat' : 'nothing'} here.`).join(' ');
  test('are cut between sentences, nothing is lost, and the hit says where', async () => {
    const { llm, embedded } = wordModel(32);
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
    const { llm, embedded } = wordModel(32);
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
