import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { growth } from '../growth-for-tests.ts';
import { createTokenizer } from './tokenizer.ts';
import { segments } from './segment.ts';
import type { WirePrompt } from '../wire/protocol.ts';
import { settingsFor } from './settings-for-tests.ts';
import { tokenize, type TokenizeSettings } from './tokenize.ts';
import { resolveTruncation } from './truncate.ts';

const model = new URL('../../models/all-MiniLM-L6-v2/', import.meta.url);
const json = (file: string) => JSON.parse(readFileSync(new URL(file, model), 'utf8')) as object;
const tokenizer = createTokenizer(json('tokenizer.json'), json('tokenizer_config.json'));
const packages = JSON.parse(readFileSync(new URL('../../demo/public/packages.json', import.meta.url), 'utf8')) as { body: string }[];
const prose = packages.map(({ body }) => body).join('\n\n');

const settings = settingsFor(tokenizer);
const idsOf = async (text: WirePrompt, more: Partial<TokenizeSettings> = {}) => [...(await tokenize(text, { ...settings, ...more })).ids];

describe('tokenize', () => {
  test('adds the special tokens of the template around the text', async () => {
    expect(await idsOf('hello world')).toEqual([101, 7592, 2088, 102]);
    expect(await idsOf('')).toEqual([101, 102]);
    expect(await idsOf('hello', { addSpecialTokens: false })).toEqual([7592]);
  });
  test('truncation keeps the special tokens and cuts the side asked for', async () => {
    expect(await idsOf('hello world', { truncation: { length: 3, side: 'right' } })).toEqual([101, 7592, 102]);
    expect(await idsOf('hello world', { truncation: { length: 3, side: 'left' } })).toEqual([101, 2088, 102]);
  });
  test('truncation to fewer tokens than the special ones is refused', async () => {
    await expect(idsOf('hello', { truncation: { length: 1, side: 'right' } })).rejects.toMatchObject({ code: 'invalid-option' });
  });
  test('token ids are taken as they are', async () => {
    expect((await tokenize({ prompt_token_ids: [7592, 2088] }, settings)).ids).toEqual(Int32Array.of(7592, 2088));
  });
  test.each([
    [[30_522], 'Token id 30522 is out of vocabulary'],
    [[-1], 'Token id -1 is out of vocabulary'],
    [[1.5], 'Token id 1.5 is not an integer'],
    [[NaN], 'Token id NaN is not an integer'],
    [['a' as unknown as number], 'Token id a is not an integer'],
    [[1, ['x'] as unknown as number], 'Token id x is not an integer'],
    [[null as unknown as number], 'Token id null is not an integer'],
  ])('refuses the ids %j', async (ids, message) => {
    await expect(tokenize({ prompt_token_ids: ids }, settings)).rejects.toThrow(message);
  });
  test('lower-cases for models that say so, whatever their tokenizer does', async () => {
    const cased = { ...tokenizer, encode: (text: string) => [...text].map((letter) => letter.charCodeAt(0)) };
    expect(await idsOf('Ab', { tokenizer: cased, doLowerCase: true })).toEqual([101, 97, 98, 102]);
  });
  test('an abort inside a long text is heard', async () => {
    const controller = new AbortController();
    const call = idsOf(prose.repeat(4), { signal: controller.signal });
    setTimeout(() => controller.abort(), 0);
    await expect(call).rejects.toMatchObject({ code: 'aborted' });
  });
});

describe('a prompt', () => {
  const skipOf = async (text: WirePrompt, more: Partial<TokenizeSettings>) =>
    (await tokenize(text, { ...settings, prompt: 'query: ', includePrompt: false, ...more })).skip;

  test('goes before every text, and not before token ids', async () => {
    expect(await idsOf('hello', { prompt: 'query: ' })).toEqual([101, 23_032, 1024, 7592, 102]);
    expect(await idsOf({ prompt: 'hello' }, { prompt: 'query: ' })).toEqual([101, 23_032, 1024, 7592, 102]);
    expect(await idsOf({ prompt_token_ids: [7592] }, { prompt: 'query: ' })).toEqual([7592]);
    expect(await idsOf({ prompt_utf8: [new TextEncoder().encode('hello')] }, { prompt: 'query: ' })).toEqual([
      101, 23_032, 1024, 7592, 102,
    ]);
  });
  test('is lower-cased with the text', async () => {
    const cased = { ...tokenizer, encode: (text: string) => [...text].map((letter) => letter.charCodeAt(0)) };
    expect(await idsOf('B', { prompt: 'A', tokenizer: cased, doLowerCase: true })).toEqual([101, 97, 98, 102]);
  });
  // Sentence-Transformers: len(tokenize("query: ")) = [CLS] query : [SEP], less the trailing special token.
  test('that is not included is skipped, and the special tokens before it', async () => {
    expect(await skipOf('hello', {})).toBe(3);
    expect(await skipOf('hello', { addSpecialTokens: false })).toBe(2);
    expect(await skipOf({ prompt_token_ids: [7592] }, {})).toBeUndefined();
  });
  test('that is included, or empty, or none, is not skipped', async () => {
    expect(await skipOf('hello', { includePrompt: true })).toBeUndefined();
    expect(await skipOf('hello', { prompt: '' })).toBeUndefined();
    expect(await skipOf('hello', { prompt: null })).toBeUndefined();
  });
  test('that ends in a special token loses it, if the tokenizer adds none behind it', async () => {
    const bare = { ...tokenizer, suffix: [] };
    expect(await skipOf('hello', { tokenizer: bare, prompt: 'query [MASK]' })).toBe(2);
  });
  test('that truncation cuts into is skipped as far as it is there', async () => {
    expect(await skipOf('hello world', { truncation: { length: 4, side: 'right' } })).toBe(3);
    expect(await skipOf('hello world', { truncation: { length: 2, side: 'right' } })).toBe(2);
    expect(await skipOf('hello world', { truncation: { length: 5, side: 'left' } })).toBe(2);
    expect(await skipOf('hello world', { truncation: { length: 4, side: 'left' } })).toBe(1);
    expect(await skipOf('hello world', { truncation: { length: 3, side: 'left' } })).toBe(1);
  });
});

describe('segments', () => {
  const inParts = (text: string, size: number) =>
    Array.from({ length: Math.ceil(text.length / size) }, (_, i) => text.slice(i * size, (i + 1) * size));
  const idsInPieces = (texts: Iterable<string>) => [...segments(texts, tokenizer.encode)].map((piece) => tokenizer.encode(piece));
  const chinese = '企业级的搜索引擎,可以理解用户的意图。它不需要网络连接!它在浏览器里运行。'.repeat(2_000);

  test.each([
    ['prose', prose.slice(0, 300_000)],
    ['lines of code', 'for(let i=0;i<10;i++){total+=values[i]}\n'.repeat(3_000)],
    ['Chinese', chinese],
  ])('%s in pieces has the ids of the whole, given in one or in parts', (_, text) => {
    const whole = tokenizer.encode(text);
    for (const texts of [[text], inParts(text, 65_536), inParts(text, 1_000)]) {
      const pieces = idsInPieces(texts);
      expect(pieces.length).toBeGreaterThan(text.length / 20_000);
      expect(pieces.flat()).toEqual(whole);
    }
  });
  test('a text that has seams only after a long stretch without is cut from there on', () => {
    const text = 'a'.repeat(100_000) + prose.slice(0, 100_000);
    const pieces = idsInPieces([text]);
    expect(pieces.length).toBeGreaterThan(5);
    expect(pieces.flat()).toEqual(tokenizer.encode(text));
  });
  test('a tokenizer that keeps the space with the word loses none of them', () => {
    const bytes = (text: string) => text.split(/(?= )/).flatMap((word) => [word.length, word.charCodeAt(0), word.charCodeAt(1) || 0]);
    const pieces = [...segments([prose.slice(0, 300_000)], bytes)];
    expect(pieces.length).toBeGreaterThan(1);
    expect(pieces.join('')).toBe(prose.slice(0, 300_000));
  });
  test('a tokenizer that merges across every space is never cut, soon no longer tried, and not asked for more than it can take', () => {
    let tries = 0;
    const whole = (text: string) => (tries++, [text.length]);
    expect([...segments([prose.slice(0, 100_000)], whole)]).toHaveLength(1);
    expect(tries).toBeLessThan(2_000);
    expect(() => [...segments([prose.slice(0, 400_000)], whole)]).toThrow(/without a place where it could be divided/);
  });
  test.each(['a', '😀', '\u0301'])(
    'ten million %j, which have no seam, are refused before they are read, in one or in parts',
    (character) => {
      const text = character.repeat(10_000_000);
      for (const parts of [[text], inParts(text, 65_536)]) {
        let taken = 0;
        let encoded = 0;
        const counted = function* () {
          for (const part of parts) yield (taken++, part);
        };
        const encode = (piece: string) => ((encoded += piece.length), tokenizer.encode(piece));
        expect(() => [...segments(counted(), encode)]).toThrow(expect.objectContaining({ code: 'invalid-input' }));
        expect(taken).toBeLessThan(4);
        expect(encoded).toBeLessThan(100_000);
      }
    },
  );
  test('a search for a space looks no further than it has to', () => {
    // Seams of another kind: without a bound each search would go through all of the rest.
    const codes = (part: string) => Array.from(part, (char) => char.charCodeAt(0));
    const divide = (times: number) => {
      const text = '{"a":1},'.repeat(times);
      let length = 0;
      for (const piece of segments([text], codes)) length += piece.length;
      expect(length).toBe(text.length);
    };
    expect(growth(divide, 125_000, 9)).toBeLessThan(3);
  });
  test('an empty text is one empty piece', () => expect([...segments([], tokenizer.encode)]).toEqual(['']));
});

describe('long texts from another realm', () => {
  test('have the ids of the text, are read once, and end at an abort', async () => {
    const text = `\uFEFF${prose.slice(0, 200_000)} 🐟`;
    const parts = () => [text.slice(0, 70_000), text.slice(70_000)].map((part) => new TextEncoder().encode(part));
    expect(await idsOf({ prompt_utf8: parts() })).toEqual(await idsOf(text));
    const controller = new AbortController();
    const call = idsOf({ prompt_utf8: parts() }, { signal: controller.signal });
    controller.abort();
    await expect(call).rejects.toMatchObject({ code: 'aborted' });
  });
  test('are truncated on either side like any other', async () => {
    const text = prose.slice(0, 100_000);
    for (const side of ['left', 'right'] as const) {
      const truncation = { length: 256, side };
      const core = tokenizer.encode(text);
      const kept = side === 'right' ? core.slice(0, 254) : core.slice(-254);
      expect(await idsOf({ prompt_utf8: [new TextEncoder().encode(text)] }, { truncation })).toEqual([101, ...kept, 102]);
    }
  });
});

describe('truncate_prompt_tokens', () => {
  test('null is none, -1 is the maximum, n is n', () => {
    expect(resolveTruncation(null, 'right', 256)).toBeNull();
    expect(resolveTruncation(-1, 'right', 256)).toEqual({ length: 256, side: 'right' });
    expect(resolveTruncation(10, 'left', 256)).toEqual({ length: 10, side: 'left' });
  });
  test('above the maximum is refused in vLLM’s words', () => {
    expect(() => resolveTruncation(257, 'right', 256)).toThrow(
      'truncate_prompt_tokens value (257) is greater than max_model_len (256). Please, select a smaller truncation size.',
    );
  });
  test.each([1.5, NaN, Infinity])('%s is refused', (value) => {
    expect(() => resolveTruncation(value, 'right', 256)).toThrow(/integer/);
  });
});
