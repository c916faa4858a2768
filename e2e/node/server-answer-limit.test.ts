/** Answers of rows of tokens: what would not fit into memory, or into one text, is refused before it is computed. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createHandler, type Handler } from 'rockpool/server';
import type { LLM } from 'rockpool/edge';
import { keep } from './remote-connections.ts';
import { load } from './tiny-model.ts';

/** Of tiny-bert's states. */
const WIDTH = 32;
const TOKENS = 10;
const words = (count: number) => 'the '.repeat(count - 2).trim();

let llm: LLM;
let handler: Handler;
beforeAll(async () => {
  llm = await load('tiny-bert-poolings');
  handler = createHandler(llm, { maxAnswerNumbers: TOKENS * WIDTH });
});

afterAll(() => llm.dispose());

async function post(path: string, body: object, to = handler) {
  const headers = { 'Content-Type': 'application/json' };
  const response = await to(new Request(`http://x${path}`, { method: 'POST', headers, body: JSON.stringify(body) }));
  const text = await response.text();
  return { status: response.status, message: response.ok ? null : (JSON.parse(text) as { message: string }).message };
}
const fits = { status: 200, message: null };
const tooMany = (what: string) => ({
  status: 400,
  message: `An answer has room for ${what}, and this one has more. Please split the request.`,
});

describe('Numbers of an answer', () => {
  test('rows of tokens are counted before they are computed', async () => {
    expect(llm.info.hidden_size).toBe(WIDTH);
    for (const task of ['token_embed', 'encode'])
      for (const encoding_format of ['float', 'base64', 'bytes']) {
        const ask = (...tokens: number[]) => post('/pooling', { input: tokens.map(words), task, encoding_format });
        expect(await ask(TOKENS)).toEqual(fits);
        expect(await ask(TOKENS / 2, TOKENS / 2)).toEqual(fits);
        const before = llm.info.counters;
        expect(await ask(TOKENS / 2, TOKENS / 2 + 1)).toEqual(tooMany(`rows of ${TOKENS} tokens`));
        expect(llm.info.counters).toEqual(before);
      }
    const metrics = await (await handler(new Request('http://x/metrics'))).text();
    expect(metrics).toMatch(/limit="maxAnswerNumbers"\} 6\n/);
  });

  test('vectors of texts, and of chunks, are few', async () => {
    const inputs = (count: number) => ({ input: Array.from({ length: count }, () => words(60)) });
    expect(await post('/v1/embeddings', inputs(TOKENS))).toEqual(fits);
    expect(await post('/v1/embeddings', inputs(TOKENS + 1))).toEqual(tooMany(`${TOKENS * WIDTH} numbers`));
    expect(await post('/v1/embeddings', { input: words(60), late_chunking_params: { chunk_size: 20 } })).toEqual(fits);
  });

  test('so are the classes of tokens, however wide the states are', async () => {
    const tagger = keep(await load('tiny-bert-token-classifier'));
    const { labels } = tagger.info;
    const room = createHandler(tagger, { maxAnswerNumbers: 60 * labels!.length });
    for (const task of ['token_classify', 'encode']) {
      expect(await post('/pooling', { input: words(60), task }, room)).toEqual(fits);
      expect(await post('/pooling', { input: words(61), task }, room)).toEqual(tooMany(`${60 * labels!.length} numbers`));
    }
  });

  test('a limit of tokens that is lower is told as such', async () => {
    const both = createHandler(llm, { maxAnswerNumbers: TOKENS * WIDTH, maxTokens: 5 });
    expect((await post('/pooling', { input: words(6), task: 'token_embed' }, both)).message).toMatch(/5 tokens in all/);
  });
});
