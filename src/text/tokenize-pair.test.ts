import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createTokenizer } from './tokenizer.ts';
import type { WirePrompt } from '../wire/protocol.ts';
import { cutText } from './cut-text.ts';
import { documentWindows } from './pair-encoding.ts';
import { longestFirst, resolveTokenLimit } from './pair-truncation.ts';
import { settingsFor } from './settings-for-tests.ts';
import { pairTokenizer, type PairSettings } from './tokenize-pair.ts';

const read = (path: string) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as unknown;
const tokenizer = createTokenizer(read('../../models/all-MiniLM-L6-v2/tokenizer.json') as object, {});
const fixture = read('../../e2e/oracle/fixtures/offsets.json') as {
  pair: [string, string];
  tokenizers: Record<string, { tokenizer: object | null; pair: { ids: number[]; type_ids: number[] } }>;
};
const named = (name: string) => (name === 'minilm' ? tokenizer : createTokenizer(fixture.tokenizers[name]!.tokenizer!, {}));
const settings: PairSettings = {
  ...settingsFor(tokenizer),
  maxTokensPerQuery: Infinity,
  maxTokensPerDoc: Infinity,
  useSepToken: true,
};
const pair = async (query: WirePrompt, document: WirePrompt, more: Partial<PairSettings> = {}) =>
  (await pairTokenizer(query, { ...settings, ...more })).with(document);
const idsOf = async (...given: Parameters<typeof pair>) => [...(await pair(...given)).ids];

// Numbers of the tokenizers library: encode(query, document).
const query = 'what is a cat';
const document = 'a cat is an animal';
const whole = [101, 2054, 2003, 1037, 4937, 102, 1037, 4937, 2003, 2019, 4111, 102];

describe('a pair', () => {
  test('has the template’s special tokens and type ids', async () => {
    const { ids, typeIds } = await pair(query, document);
    expect([...ids]).toEqual(whole);
    expect([...typeIds!]).toEqual([0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1]);
  });
  test.each(Object.keys(fixture.tokenizers))('of %s is the original library’s', async (name) => {
    const { ids, typeIds } = await pair(...fixture.pair, { tokenizer: named(name) });
    expect({ ids: [...ids], type_ids: [...typeIds!] }).toEqual(fixture.tokenizers[name]!.pair);
  });
  test('of a model without separators is one text', async () => {
    const joined = tokenizer.encode('a sun' + 'flower');
    expect(await idsOf('a sun', 'flower', { useSepToken: false })).toEqual([101, ...joined, 102]);
    expect(joined).not.toEqual([...tokenizer.encode('a sun'), ...tokenizer.encode('flower')]);
  });
  test('takes the query’s tokens once for many documents', async () => {
    const seen: string[] = [];
    const counting = { ...tokenizer, encode: (text: string) => (seen.push(text), tokenizer.encode(text)) };
    const tokens = await pairTokenizer(query, { ...settings, tokenizer: counting });
    for (const text of ['one', 'two', 'three']) await tokens.with(text);
    expect(seen).toEqual([query, 'one', 'two', 'three']);
  });
  test('takes token ids as the text they stand for', async () => {
    expect(await idsOf({ prompt_token_ids: [2054, 2003, 1037, 4937] }, { prompt_token_ids: [1037, 4937, 2003, 2019, 4111] })).toEqual(
      whole,
    );
    await expect(pair({ prompt_token_ids: [30_522] }, 'x')).rejects.toThrow('Token id 30522 is out of vocabulary');
    await expect(pair('x', { prompt_token_ids: [-1] })).rejects.toThrow('Token id -1 is out of vocabulary');
  });
  test('takes texts in parts, with and without separators', async () => {
    const parts = { prompt_utf8: ['a cat is ', 'an animal'].map((part) => new TextEncoder().encode(part)) };
    expect(await idsOf(query, parts)).toEqual(whole);
    const again = { prompt_utf8: ['a cat is ', 'an animal'].map((part) => new TextEncoder().encode(part)) };
    expect(await idsOf(`${query} `, again, { useSepToken: false })).toEqual([101, ...whole.slice(1, 5), ...whole.slice(6)]);
  });
  test('is lower-cased for models that say so', async () => {
    const cased = { ...tokenizer, encode: (text: string) => [...text].map((letter) => letter.charCodeAt(0)) };
    expect(await idsOf('A', 'B', { tokenizer: cased, doLowerCase: true })).toEqual([101, 97, 102, 98, 102]);
  });
});

describe('truncation of a pair', () => {
  test.each([
    ['right', 4, [101, 102, 1037, 102]],
    ['right', 8, [101, 2054, 2003, 102, 1037, 4937, 2003, 102]],
    ['right', 9, [101, 2054, 2003, 1037, 102, 1037, 4937, 2003, 102]],
    ['right', 10, [101, 2054, 2003, 1037, 102, 1037, 4937, 2003, 2019, 102]],
    ['right', 12, whole],
    ['left', 4, [101, 102, 4111, 102]],
    ['left', 8, [101, 1037, 4937, 102, 2003, 2019, 4111, 102]],
    ['left', 9, [101, 2003, 1037, 4937, 102, 2003, 2019, 4111, 102]],
    ['left', 12, whole],
  ] as const)('on the %s to %d tokens is the original library’s', async (side, length, ids) => {
    expect(await idsOf(query, document, { truncation: { length, side } })).toEqual(ids);
  });
  test('cuts the longer text first, then both', () => {
    expect(longestFirst(3, 10, 8)).toEqual([3, 5]);
    expect(longestFirst(10, 3, 8)).toEqual([5, 3]);
    expect(longestFirst(10, 20, 7)).toEqual([3, 4]);
    expect(longestFirst(20, 10, 7)).toEqual([4, 3]);
    expect(longestFirst(5, 5, 7)).toEqual([3, 4]);
    expect(longestFirst(2, 2, 8)).toEqual([2, 2]);
    expect(longestFirst(5, 5, 0)).toEqual([0, 0]);
  });
  test('to fewer tokens than the special ones is refused', async () => {
    await expect(pair(query, document, { truncation: { length: 2, side: 'right' } })).rejects.toThrow(
      'truncate_prompt_tokens value (2) leaves no room for the 3 special tokens of this model.',
    );
  });
  test('reads no more of a long document than it keeps', async () => {
    let chars = 0;
    const counting = { ...tokenizer, encode: (text: string) => ((chars += text.length), tokenizer.encode(text)) };
    const long = 'the cat sat on the mat and went away '.repeat(30_000);
    const ids = await idsOf(query, long, { tokenizer: counting, truncation: { length: 256, side: 'right' } });
    expect(ids).toHaveLength(256);
    expect(chars).toBeLessThan(long.length / 20);
  });
});

describe('max_tokens_per_query and max_tokens_per_doc', () => {
  test('cut each text on its own, special tokens not counted', async () => {
    expect(await idsOf(query, document, { maxTokensPerQuery: 2, maxTokensPerDoc: 1 })).toEqual([101, 2054, 2003, 102, 1037, 102]);
  });
  test('cut before truncation does', async () => {
    const truncation = { length: 9, side: 'left' } as const;
    expect(await idsOf(query, document, { maxTokensPerDoc: 2, truncation })).toEqual([101, 2054, 2003, 1037, 4937, 102, 1037, 4937, 102]);
  });
  test('cut the text of a prompt that has no separators', async () => {
    const limits = { maxTokensPerQuery: 2, maxTokensPerDoc: 3, useSepToken: false };
    expect(await idsOf(query, ` ${document}`, limits)).toEqual([101, ...tokenizer.encode('what is a cat is'), 102]);
  });
  test('null and 0 are no limit, as in vLLM', () => {
    expect(resolveTokenLimit(null, 'max_tokens_per_doc', 512)).toBe(Infinity);
    expect(resolveTokenLimit(0, 'max_tokens_per_doc', 512)).toBe(Infinity);
    expect(resolveTokenLimit(511, 'max_tokens_per_doc', 512)).toBe(511);
  });
  test.each([-1, 1.5, NaN, Infinity])('%s is refused in vLLM’s words', (value) => {
    const call = () => resolveTokenLimit(value, 'max_tokens_per_query', 512);
    expect(call).toThrow(
      expect.objectContaining({ code: 'invalid-option', message: 'max_tokens_per_query must be a non-negative integer' }),
    );
  });
  test('have to leave room for the rest', () => {
    expect(() => resolveTokenLimit(512, 'max_tokens_per_doc', 512)).toThrow(
      'max_tokens_per_doc (512) must be less than max_model_len (512).',
    );
  });
});

describe('a text cut after n tokens', () => {
  test.each(['minilm', 'qwen2', 'xlm-roberta', 'gemma'])('of %s ends where the last token ends', async (name) => {
    const which = named(name);
    const text = 'The quick brown fox, über 80 % schnell, jumps 😀 over.';
    const all = which.encode(text);
    for (let tokens = 0; tokens <= all.length + 1; tokens++) {
      const cut = await cutText(text, tokens, { ...settings, tokenizer: which });
      expect(text.startsWith(cut)).toBe(true);
      expect(which.encode(cut).length).toBeLessThanOrEqual(tokens);
    }
    expect(await cutText(text, all.length, { ...settings, tokenizer: which })).toBe(text);
  });
  test('may lie far inside a long text', async () => {
    const text = 'the cat sat on the mat and went away '.repeat(2_000);
    const cut = await cutText(text, 7_001, settings);
    expect(tokenizer.encode(cut)).toEqual(tokenizer.encode(text).slice(0, 7_001));
    expect(text.startsWith(cut) && text[cut.length]).toBe(' ');
  });
});

describe('document windows', () => {
  const ids = (from: number, count: number) => Int32Array.from({ length: count }, (_, i) => from + i);
  test('a pair that fits is one window', () => {
    expect(documentWindows(ids(10, 4), ids(20, 5), tokenizer.pair, 12)).toHaveLength(1);
  });
  test('a longer one has the whole query in each, and every token of the document once', () => {
    const windows = documentWindows(ids(10, 4), ids(20, 5), tokenizer.pair, 9);
    expect(windows.map((window) => [...window.ids])).toEqual([
      [101, 10, 11, 12, 13, 102, 20, 21, 102],
      [101, 10, 11, 12, 13, 102, 22, 23, 102],
      [101, 10, 11, 12, 13, 102, 24, 102],
    ]);
    expect([...windows[2]!.typeIds!]).toEqual([0, 0, 0, 0, 0, 0, 1, 1]);
  });
  test('one token of room is enough, none is an error that says so', () => {
    expect(documentWindows(ids(10, 4), ids(20, 5), tokenizer.pair, 8)).toHaveLength(5);
    expect(() => documentWindows(ids(10, 4), ids(20, 5), tokenizer.pair, 7)).toThrow(
      expect.objectContaining({ code: 'input-too-long', message: expect.stringContaining('The query has 4 tokens') as string }),
    );
  });
});
