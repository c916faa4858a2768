/** Servers that neither count nor cut: of a text as many bytes are sent as surely fit, since a token is of a byte at least. */
import { expect, test } from 'vitest';
import { PoolingError } from '../errors.ts';
import { ableEmbedder } from './able-embedder.ts';
import type { Embedder } from './search-types.ts';

/** A token of each byte, and the special ones of the widest template that is known. */
const SPECIALS = 8;
const MOST = 40;
const bytesOf = (text: string) => new TextEncoder().encode(text).length;

function strictServer() {
  const sent: string[] = [];
  const llm = {
    info: { max_model_len: MOST, prompts: {}, takes: { embed: [] } },
    tokenize: async () => {
      throw new PoolingError('unsupported-task', 'The server counts no tokens.');
    },
    embed: async (texts: string | string[]) =>
      [texts].flat().map((text) => {
        sent.push(text);
        if (bytesOf(text) + SPECIALS > MOST) throw new PoolingError('input-too-long', `${bytesOf(text) + SPECIALS} tokens`);
        return { outputs: { embedding: new Float32Array(1) } };
      }),
  };
  return { llm: llm as unknown as Embedder, sent };
}

test.each([
  ['ASCII', 'a'.repeat(100), 32],
  ['two bytes a letter', 'ж'.repeat(100), 32],
  ['letters with an accent, which a tokenizer may take apart', 'é'.repeat(100), 20],
  ['three', '猫'.repeat(100), 30],
  ['pairs of surrogates', '😀'.repeat(100), 32],
  ['what fits to the byte', 'b'.repeat(32), 32],
])('a query of %s is cut to what fits with the special tokens, and to no less', async (_, text, bytes) => {
  const { llm, sent } = strictServer();
  await ableEmbedder(llm).embed(text, { truncatePromptTokens: -1 });
  expect(bytesOf(sent[0]!)).toBe(bytes);
  expect(text.startsWith(sent[0]!)).toBe(true);
});

test('what is counted in bytes has room for the special tokens, unless they are left out', async () => {
  const able = ableEmbedder(strictServer().llm);
  const counts = async (options?: object) => (await able.tokenize(['abc', '猫'], options)).map(({ count }) => count);
  expect(await counts()).toEqual([3 + SPECIALS, 3 + SPECIALS]);
  expect(await counts({ addSpecialTokens: false })).toEqual([3, 3]);
});
