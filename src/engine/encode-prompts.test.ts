/** What is refused before any work is done for it. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { resolve } from '../model/spec-for-tests.ts';
import { createTokenizer } from '../text/tokenizer.ts';
import { pause } from '../pause.ts';
import type { Task } from '../types.ts';
import type { CallContext } from './compute.ts';
import { tokenizePrompts } from './encode-prompts.ts';

const read = (file: string) =>
  JSON.parse(readFileSync(new URL(`../../models/all-MiniLM-L6-v2/${file}`, import.meta.url), 'utf8')) as object;
const tokenizer = createTokenizer(read('tokenizer.json'), read('tokenizer_config.json'));

let encoded = 0;
const counting = { ...tokenizer, encode: (text: string) => ((encoded += text.length), tokenizer.encode(text)) };

function tokens(text: string, task: Task, override = {}, asked = {}) {
  const spec = resolve({ maxModelLen: 256, override });
  const context = {
    spec,
    tokenizer: counting,
    pause,
    signal: new AbortController().signal,
    log: () => {},
    spend: () => {},
  } as unknown as CallContext;
  return tokenizePrompts([text], task, { truncatePromptTokens: null, truncationSide: 'right', ...asked }, context);
}

const most = 256 * tokenizer.longestToken;

test.each(['embed', 'classify', 'token_embed', 'score'] as const)(
  '%s refuses more characters than 256 of the longest tokens have, without reading them',
  async (task) => {
    await expect(tokens('a'.repeat(most), task)).resolves.toHaveLength(1);
    await expect(tokens('a'.repeat(most + 1), task)).rejects.toMatchObject({
      code: 'input-too-long',
      message: expect.stringContaining(`${most + 1} characters (more than ${most} characters`) as string,
    });
    encoded = 0;
    await expect(tokens('中'.repeat(10_000_000), task)).rejects.toMatchObject({ code: 'input-too-long' });
    expect(encoded).toBe(0);
  },
);

test('a text that is truncated or chunked may be of any length, or as long as max_embed_len allows', async () => {
  const long = 'some words '.repeat(1_000);
  const [cut] = await tokens(long, 'embed', {}, { truncatePromptTokens: -1 });
  expect(cut!.ids).toHaveLength(256);
  const [whole] = await tokens(long, 'embed', { enable_chunked_processing: true });
  expect(whole!.ids).toHaveLength(2_002);
  const bounded = { enable_chunked_processing: true, max_embed_len: 1_000 };
  await expect(tokens('a'.repeat(1_000 * tokenizer.longestToken + 1), 'embed', bounded)).rejects.toThrow(
    /upper bound for 1000 input tokens/,
  );
});
