import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createTokenizer } from './tokenizer.ts';

const read = (path: string) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as unknown;
const folder = '../../models/all-MiniLM-L6-v2/';
const minilm = createTokenizer(read(`${folder}tokenizer.json`) as object, read(`${folder}tokenizer_config.json`) as object);
const { tokenizers } = read('../../e2e/oracle/fixtures/offsets.json') as { tokenizers: Record<string, { tokenizer: object }> };
const of = (name: string) => createTokenizer(tokenizers[name]!.tokenizer, {});

describe('the pair template', () => {
  test('of BERT is [CLS] query [SEP] document [SEP], and counts the second text and its [SEP] as 1', () => {
    expect(minilm.pair).toEqual({
      prefix: [101],
      middle: [102],
      suffix: [102],
      typeIds: { prefix: [0], first: 0, middle: [0], second: 1, suffix: [1] },
    });
  });
  test('of RoBERTa is <s> query </s></s> document </s>, and all of it counts as 0', () => {
    expect(of('roberta').pair).toEqual({
      prefix: [0],
      middle: [1, 1],
      suffix: [1],
      typeIds: { prefix: [0], first: 0, middle: [0, 0], second: 0, suffix: [0] },
    });
  });
  test('is read from a TemplateProcessing, with whatever it has in the middle', () => {
    const { pair, idOf } = of('gemma');
    const [bos, eos] = [idOf('<bos>'), idOf('<eos>')];
    expect(pair).toMatchObject({ prefix: [bos], middle: [eos, bos], suffix: [eos] });
    expect(of('modernbert').pair).toMatchObject({ prefix: [0], middle: [1], suffix: [1], typeIds: { second: 0 } });
  });
  test('is null where nothing goes between two texts', () => {
    expect(of('gpt2').pair).toBeNull();
    expect(of('qwen2').pair).toBeNull();
  });
});

describe('tokens', () => {
  test('of Greek capitals are the original library’s, which knows no sigma for the end of a word', () => {
    expect(minilm.encode('ΟΔΥΣΣΕΥΣ').map(minilm.tokenOf).join(' ')).toBe('ο ##δ ##υ ##σ ##σ ##ε ##υ ##σ');
    expect(minilm.encode('ΟΔΥΣΣΕΥΣ')).toEqual(minilm.encode('οδυσσευσ'));
  });
  test('have an id, or null', () => {
    expect(minilm.idOf('hello')).toBe(7592);
    expect(minilm.idOf('no such token')).toBeNull();
    expect(minilm.idOf('toString')).toBeNull();
  });
  test('are special if the tokenizer says so', () => {
    expect([101, 102, 103, 7592, -1, 99_999].map(minilm.isSpecial)).toEqual([true, true, true, false, false, false]);
  });
  test('are read back to text, special ones included', () => {
    expect(minilm.decode([101, 7592, 2088, 102])).toBe('[CLS] hello world [SEP]');
    expect(minilm.decode(Int32Array.of(7592))).toBe('hello');
    expect(minilm.decode([])).toBe('');
  });
  test('of byte-level tokenizers are read back byte by byte', () => {
    const { encode, decode } = of('qwen2');
    const text = 'I ❤️ this 😀 , Straße !';
    expect(decode(encode(text))).toBe(text);
  });
});

test('the longest token is the vocabulary’s, or one that was added', () => {
  expect(minilm.longestToken).toBe(18);
  const long = { id: 30_522, content: 'x'.repeat(40), special: true, normalized: false, single_word: false, lstrip: false, rstrip: false };
  const json = read(`${folder}tokenizer.json`) as { added_tokens: object[] };
  expect(createTokenizer({ ...json, added_tokens: [...json.added_tokens, long] }, {}).longestToken).toBe(40);
});
