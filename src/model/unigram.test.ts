import { readFileSync } from 'node:fs';
import { Tokenizer } from '@huggingface/tokenizers';
import { expect, test } from 'vitest';
import { useViterbi } from './unigram.ts';

const read = (path: string) => JSON.parse(readFileSync(new URL(`../../e2e/${path}`, import.meta.url), 'utf8')) as object;
const xlmRoberta = read('models/tiny-xlmr-reranker/tokenizer.json');
const texts = Object.values(read('oracle/texts.json') as Record<string, string>).filter((text) => text.length < 3000);

function both(json: object): [own: Tokenizer, theirs: Tokenizer] {
  const own = new Tokenizer(json, {});
  useViterbi(own.model);
  return [own, new Tokenizer(json, {})];
}

test('has the tokens of the package’s lattice', () => {
  const [own, theirs] = both(xlmRoberta);
  expect(texts.length).toBeGreaterThan(20);
  const more = ['', ' ', '🙂🙂', '\ud800', 'a'.repeat(500), 'ab'.repeat(300), '…'];
  for (const text of [...texts, ...more]) expect(own.encode(text).ids, JSON.stringify(text)).toEqual(theirs.encode(text).ids);
});

test('takes of equal ways the one that the lattice takes', () => {
  const vocab = ['<unk>', 'a', 'b', 'ab', 'ba', 'aba', 'bab'].map((piece) => [piece, -piece.length]);
  const [own, theirs] = both({
    model: { type: 'Unigram', unk_id: 0, vocab },
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: null,
    post_processor: null,
    decoder: null,
  });
  for (let i = 0; i < 500; i++) {
    const text = Array.from({ length: 12 }, (_, bit) => 'abx'[Math.floor(i / 3 ** (bit % 6)) % 3]!).join('');
    expect(own.encode(text).tokens, text).toEqual(theirs.encode(text).tokens);
  }
});

test('two million characters without a space have their tokens', { timeout: 60_000 }, () => {
  const [own] = both(xlmRoberta);
  const count = (length: number) => own.encode('a'.repeat(length)).ids.length;
  expect(count(2_000_000)).toBeGreaterThan(count(2_000) * 900);
});

test('another model is left as it is', () => {
  const { model } = new Tokenizer(read('models/tiny-qwen3-reranker/tokenizer.json'), {});
  const { encode } = model as unknown as { encode: unknown };
  useViterbi(model);
  expect((model as unknown as { encode: unknown }).encode).toBe(encode);
  expect(() => useViterbi(null)).not.toThrow();
});
