import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createTokenizer } from './tokenizer.ts';
import { pause } from '../pause.ts';
import { segments } from './segment.ts';
import { separatorsOf, shortenWords } from './shorten-words.ts';
import { settingsFor } from './settings-for-tests.ts';
import { tokenize } from './tokenize.ts';

const read = (path: string) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as unknown;
const minilm = read('../../models/all-MiniLM-L6-v2/tokenizer.json') as { added_tokens: object[] };
const tokenizer = createTokenizer(minilm, {});
const { tokenizers } = read('../../e2e/oracle/fixtures/offsets.json') as { tokenizers: Record<string, { tokenizer: object }> };
const settings = settingsFor(tokenizer);

/** One character again and again: words without end, nothing but marks, nothing at all, or a token each. */
const CHARACTERS = ['a', 'é', 'a\u0301', '😀', '中', '!', ' ', '\n', '\u0301', '\0', '\ud800', '\udc00', 'ก', '\u200b', '$', '\ufffd'];

describe('a text of one character', () => {
  test.each(CHARACTERS)('%j, 20,000 times, has the tokens that the tokenizer gives the whole', async (character) => {
    const text = character.repeat(20_000);
    const around = `one ${text}two ${text} three`;
    for (const given of [text, around]) {
      const { ids } = await tokenize(given, settings);
      expect([...ids]).toEqual([101, ...tokenizer.encode(given), 102]);
    }
  });
  test.each(['a', '😀', '\u0301', '\ud800'])(
    '%j, ten million times, is one unknown word at most and does not stall, and an abort is heard',
    async (character) => {
      const text = character.repeat(10_000_000);
      const { ids } = await tokenize(text, settings);
      expect(ids.length).toBeLessThanOrEqual(3);
      const controller = new AbortController();
      const call = tokenize(text, { ...settings, signal: controller.signal });
      setTimeout(() => controller.abort(), 1);
      await expect(call).rejects.toMatchObject({ code: 'aborted' });
    },
    60_000,
  );
  test.each(['中', '!'])(
    '%j, ten million times, is one token each, and an abort is heard',
    async (character) => {
      const controller = new AbortController();
      let pauses = 0;
      const hear = () => (++pauses === 20 && controller.abort(), pause());
      const call = tokenize(character.repeat(10_000_000), { ...settings, pause: hear, signal: controller.signal });
      await expect(call).rejects.toMatchObject({ code: 'aborted' });
      expect(pauses).toBe(20);
    },
    60_000,
  );
});

describe('words too long to be known', () => {
  const shortened = (text: string, which = tokenizer) => [...shortenWords([text], which)].join('');

  test('lose their middle', () => {
    const text = `one ${'a'.repeat(1_000_000)} two`;
    expect(shortened(text).length).toBeLessThan(20_000);
    expect(tokenizer.encode(shortened(text))).toEqual(tokenizer.encode(text));
  });
  test('are left alone where they are not sure to be unknown', () => {
    // 8,192 marks and 60 letters: the marks go, and the word is known by its pieces.
    const text = `${'\u0301'.repeat(8_192)}${'ab'.repeat(30)}`;
    expect(tokenizer.encode(shortened(text))).toEqual(tokenizer.encode(text));
    const few = `a${'\u0301'.repeat(5_000)}b${'\u0301'.repeat(5_000)}c`;
    expect(tokenizer.encode(shortened(few))).toEqual(tokenizer.encode(few));
  });
  test('are left alone for tokenizers of other kinds', () => {
    for (const name of ['gpt2', 'xlm-roberta', 'gemma']) {
      const other = createTokenizer(tokenizers[name]!.tokenizer, {});
      expect(separatorsOf(other)).toBeNull();
      expect(shortened('a'.repeat(50_000), other)).toHaveLength(50_000);
    }
  });
  test('are left alone where a token may be found inside them', () => {
    const word = { id: 30_521, content: 'needle', special: false, normalized: false, single_word: false, lstrip: false, rstrip: false };
    const finding = createTokenizer({ ...minilm, added_tokens: [...minilm.added_tokens, word] }, {});
    const text = `${'a'.repeat(10_000)}needle${'a'.repeat(10_000)}`;
    expect(shortened(text, finding)).toBe(text);
  });
});

describe('texts without a space between letters', () => {
  const numbers = Array.from({ length: 3_000 }, (_, i) => `${i * 7}, ${((i * 131) % 977) / 7}`).join('\n');
  const json = JSON.stringify(Array.from({ length: 1_500 }, (_, i) => ({ id: i, name: `item-${i % 13}`, tags: ['a', 'b', `c${i}`] })));
  const thai = 'ภาษาไทยไม่มีช่องว่างระหว่างคำ ที่ ก็ '.repeat(600);
  /** These put a space before every text, so that it can be divided at one alone; this llama has tokens that end in one besides. */
  const whole: Record<string, string[]> = {
    'gpt2-prefix-space': [json],
    'xlm-roberta': [json],
    'xlm-roberta-metaspace': [json],
    llama: [json, numbers],
  };
  test.each(Object.keys(tokenizers).filter((name) => name !== 'minilm'))('are divided, with the tokens of the whole, for %s', (name) => {
    const { encode } = createTokenizer(tokenizers[name]!.tokenizer, {});
    for (const text of [numbers, json, thai]) {
      const pieces = [...segments([text], encode)];
      expect(pieces.flatMap(encode)).toEqual(encode(text));
      expect(pieces.length > 1).toBe(!whole[name]?.includes(text));
    }
  });
});

describe('lone surrogates', () => {
  test.each(Object.keys(tokenizers).filter((name) => name !== 'minilm'))('are tokens like others for %s', async (name) => {
    const which = createTokenizer(tokenizers[name]!.tokenizer, {});
    const { ids } = await tokenize('a \ud800 b \udc00', { ...settings, tokenizer: which, vocabSize: 2_000 });
    expect(ids.length).toBeGreaterThan(2);
    expect(ids.every((id) => Number.isInteger(id) && id >= 0)).toBe(true);
  });
});
