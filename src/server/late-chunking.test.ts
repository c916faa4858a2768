/** Where the chunks of one reading are: in tokens, and in characters as Python counts them. */
import { expect, test } from 'vitest';
import type { EncodeRequestOutput } from '../types.ts';
import { lateChunkingOf } from './late-chunking.ts';

test('a chunk ends where its text does, and an emoji is one character', () => {
  // [CLS] a 🙂 b [SEP], in units of UTF-16: 🙂 is two.
  const output = { prompt_token_ids: [101, 1, 2, 3, 102], outputs: { shape: [2, 4], offsets: Int32Array.of(0, 1, 1, 4) } };
  expect(lateChunkingOf('a🙂b', 3, output as unknown as EncodeRequestOutput)).toEqual({
    strategy: 'fixed_tokens',
    chunk_size: 3,
    input_tokens: 5,
    chunks: [
      { token_range: [0, 3], char_range: [0, 1] },
      { token_range: [3, 5], char_range: [1, 3] },
    ],
  });
});
