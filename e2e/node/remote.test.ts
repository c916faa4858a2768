/** rockpool/remote when servers are slow, full, broken or wrong: order, retries, waits, aborts, and answers that are refused. */
import { afterEach, describe, expect, test } from 'vitest';
import { LLM, type CallProgress, type RemoteOptions } from 'rockpool/remote';
import {
  base64Of,
  embeddingList,
  fakeServer,
  outcome,
  textsIn,
  vectorOf,
  vllm,
  type Answering,
  type FakeServer,
  type Reply,
} from './remote-server.ts';

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one[Symbol.asyncDispose]();
});

/** A vLLM whose /v1/embeddings answers what a test says. */
async function connect(embeddings: Answering, options: RemoteOptions = {}): Promise<{ llm: LLM; server: FakeServer; asked: () => number }> {
  const server = await fakeServer(vllm((asked, count) => (asked.path === '/v1/embeddings' ? embeddings(asked, count) : undefined)));
  open.push(server);
  const llm = await LLM.connect(server.url, { onLog: () => {}, ...options });
  open.push(llm);
  return { llm, server, asked: () => server.to('/v1/embeddings').length };
}

const good: Answering = ({ body }) => ({ body: embeddingList(textsIn(body)) });
const texts = Array.from({ length: 40 }, (_, i) => `text ${i}`);
const rest = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
/** As soon as a server can say it. */
const soon = { 'retry-after-ms': '1' };

describe('A call of many prompts', () => {
  test('is split, so many requests at a time, and answered in order whatever comes first', async () => {
    const { llm, server } = await connect(
      async (asked, count) => {
        await rest(count % 3 === 0 ? 30 : 3);
        return good(asked, count);
      },
      { maxInputsPerRequest: 3, concurrency: 4 },
    );
    const outputs = await llm.embed(texts);
    expect(outputs.map(({ outputs: { embedding } }) => [...embedding])).toEqual(texts.map(vectorOf));
    expect(server.to('/v1/embeddings').map(({ body }) => textsIn(body).length)).toEqual([...Array.from({ length: 13 }, () => 3), 1]);
    expect(server.most).toBe(4);
    expect(new Set(outputs.map(({ request_id }) => request_id)).size).toBe(40);
    expect(outputs.every(({ prompt_token_ids }) => prompt_token_ids.length === 0)).toBe(true);
  });

  test('tells its progress after each request, with the tokens that the server counts', async () => {
    const { llm } = await connect(good, { maxInputsPerRequest: 16, concurrency: 1 });
    const seen: CallProgress[] = [];
    await llm.embed(texts, { onProgress: (progress) => seen.push(progress) });
    expect(seen.map(({ done, total, tokens }) => [done, total, tokens])).toEqual([[16, 40, 48], [32, 40, 96], [40, 40, 120]]); // prettier-ignore
    expect(seen.at(-1)!.timings.total).toBeGreaterThan(0);
  });

  test('shares the lanes with others, and each has its own answers', async () => {
    const { llm, server } = await connect(async (asked, count) => (await rest(2), good(asked, count)), {
      maxInputsPerRequest: 2,
      concurrency: 3,
    });
    const [many, few] = await Promise.all([llm.embed(texts), llm.embed(['x', 'y'])]);
    expect(many).toHaveLength(40);
    expect(few.map(({ outputs: { embedding } }) => [...embedding])).toEqual(['x', 'y'].map(vectorOf));
    expect(server.most).toBeLessThanOrEqual(3);
  });

  test('has a request for each set of parameters', async () => {
    const { llm, server } = await connect(({ body }) => {
      const size = (body['dimensions'] as number | undefined) ?? 4;
      return { body: embeddingList(textsIn(body), (text) => base64Of(vectorOf(text).slice(0, size))) };
    });
    const sizes = [2, null, 2, 3];
    const outputs = await llm.embed(texts.slice(0, 4), { poolingParams: sizes.map((dimensions) => ({ dimensions })) });
    expect(outputs.map(({ outputs: { hidden_size } }) => hidden_size)).toEqual([2, 4, 2, 3]);
    expect(server.to('/v1/embeddings').map(({ body }) => textsIn(body))).toEqual([['text 0', 'text 2'], ['text 1'], ['text 3']]); // prettier-ignore
  });

  test('of a stream takes a window at a time', async () => {
    const { llm, server } = await connect(good);
    const got: number[][] = [];
    for await (const { outputs } of llm.embedStream(texts, { window: 15 })) got.push([...outputs.embedding]);
    expect(got).toEqual(texts.map(vectorOf));
    expect(server.to('/v1/embeddings').map(({ body }) => textsIn(body).length)).toEqual([15, 15, 10]);
  });

  test('of none asks nobody', async () => {
    const { llm, asked } = await connect(good);
    expect(await llm.embed([])).toEqual([]);
    expect(asked()).toBe(0);
  });
});

describe('A failure that passes', () => {
  test('429 is asked again after Retry-After', async () => {
    const { llm, asked } = await connect((one, count) =>
      count === 0
        ? { status: 429, headers: { 'retry-after': '1' }, body: { error: 'Model is overloaded', error_type: 'Overloaded' } }
        : good(one, count),
    );
    const begin = performance.now();
    expect(await llm.embed('x')).toHaveLength(1);
    expect(performance.now() - begin).toBeGreaterThanOrEqual(990);
    expect(asked()).toBe(2);
  });

  test('429 until nothing is left to try is `overloaded`', async () => {
    const { llm, asked } = await connect(() => ({
      status: 429,
      headers: soon,
      body: { error: { message: 'model m is currently overloaded' } },
    }));
    expect(await outcome(llm.embed('x'))).toMatch(
      /^overloaded: vLLM .* answered \/v1\/embeddings with 429: model m is currently overloaded$/,
    );
    expect(asked()).toBe(4);
  });

  test.each([500, 502, 503, 408, 409])('%i until nothing is left to try is `server-error`', async (status) => {
    const { llm, asked } = await connect(() => ({ status, headers: soon, body: { error: { message: 'boom' } } }), { maxRetries: 2 });
    expect(await outcome(llm.embed('x'))).toMatch(new RegExp(`^server-error: .* with ${status}: boom$`));
    expect(asked()).toBe(3);
  });

  test('a connection that breaks is made again', async () => {
    const { llm, asked } = await connect((one, count) => (count < 1 ? 'drop' : good(one, count)));
    expect(await llm.embed('x')).toHaveLength(1);
    expect(asked()).toBe(2);
  });

  test('is the only one of its call that is asked again', async () => {
    const { llm, server } = await connect(
      (one, count) => (textsIn(one.body).includes('text 7') && count < 3 ? { status: 503, headers: soon, body: {} } : good(one, count)),
      { maxInputsPerRequest: 5, concurrency: 1 },
    );
    const outputs = await llm.embed(texts);
    expect(outputs.map(({ outputs: { embedding } }) => [...embedding])).toEqual(texts.map(vectorOf));
    expect(server.to('/v1/embeddings')).toHaveLength(8 + 2);
  });

  test('is not waited for longer than a minute', async () => {
    const { llm, asked } = await connect(() => ({ status: 429, headers: { 'retry-after': '3600' }, body: {} }));
    expect(await outcome(llm.embed('x'))).toMatch(/^overloaded/);
    expect(asked()).toBe(1);
  });

  test('may be ruled out by the server, or in', async () => {
    const out = await connect(() => ({ status: 503, headers: { 'x-should-retry': 'false' }, body: {} }));
    expect(await outcome(out.llm.embed('x'))).toMatch(/^server-error/);
    expect(out.asked()).toBe(1);
    const within = await connect((one, count) =>
      count === 0 ? { status: 400, headers: { 'x-should-retry': 'true', ...soon }, body: {} } : good(one, count),
    );
    expect(await within.llm.embed('x')).toHaveLength(1);
  });
});

describe('A failure that stays', () => {
  test.each<[number, unknown, RegExp]>([
    [400, { error: { message: 'bad input', type: 'BadRequestError', param: null, code: 400 } }, /^invalid-input: .* with 400: bad input$/],
    [400, { object: 'error', message: 'flat', type: 'x', code: 400 }, /^invalid-input: .* with 400: flat$/],
    [422, { error: 'Tokenization error', error_type: 'Tokenizer' }, /^invalid-input: .* with 422: Tokenization error$/],
    [400, { error: { message: "This model's maximum context length is 8 tokens. However, you requested 9 tokens" } }, /^input-too-long/],
    [401, { error: 'Unauthorized' }, /^unauthorized/],
    [404, { error: { message: 'The model `org/model` does not exist.' } }, /^server-error: .*does not exist/],
    [500, '<html>'.padEnd(90_000, 'x'), /^server-error: .{1,200}$/],
  ])('%i %j ends the call, and is told', async (status, body, said) => {
    const { llm, asked } = await connect(() => ({ status, headers: soon, body }), { maxRetries: 1 });
    expect(await outcome(llm.embed('x'))).toMatch(said);
    expect(asked()).toBe(status === 500 ? 2 : 1);
  });

  test('a redirect is not followed: texts and keys go to the server that was named', async () => {
    const elsewhere = await fakeServer(() => ({ body: { data: [] } }));
    open.push(elsewhere);
    const { llm } = await connect(() => ({ status: 307, headers: { Location: `${elsewhere.url}/v1/embeddings` } }), { maxRetries: 0 });
    expect(await outcome(llm.embed('x'))).toMatch(/^server-error: .*with 307, a redirect, which is not followed/);
    expect(elsewhere.asked).toHaveLength(0);
  });

  test('ends the other requests of its call, and no more are sent', async () => {
    const { llm, server, asked } = await connect(
      ({ body }): Reply | 'hang' => (textsIn(body).includes('text 4') ? { status: 400, body: { error: { message: 'bad' } } } : 'hang'),
      { maxInputsPerRequest: 4, concurrency: 3 },
    );
    expect(await outcome(llm.embed(texts))).toMatch(/^invalid-input: .*bad$/);
    await rest(20);
    expect(asked()).toBe(3);
    expect(server.open).toBe(0);
  });
});

describe('A server that does not answer', () => {
  test('is left at once when the call is aborted', async () => {
    const { llm, server } = await connect(() => 'hang', { maxInputsPerRequest: 4 });
    const controller = new AbortController();
    const calling = outcome(llm.embed(texts, { signal: controller.signal }));
    await rest(50);
    const begin = performance.now();
    controller.abort();
    expect(await calling).toBe('aborted: The call was aborted by its AbortSignal.');
    expect(performance.now() - begin).toBeLessThan(50);
    await rest(20);
    expect([server.open, server.left]).toEqual([0, 4]);
  });

  test('is given up after the timeout, each time anew', async () => {
    const { llm, asked } = await connect((one, count) => (count < 1 ? 'hang' : good(one, count)), { timeout: 150 });
    expect(await llm.embed('x')).toHaveLength(1);
    expect(asked()).toBe(2);
    const never = await connect(() => 'hang', { timeout: 60, maxRetries: 1 });
    expect(await outcome(never.llm.embed('x'))).toMatch(/^server-error: vLLM .* did not answer \/v1\/embeddings within 60 ms$/);
    expect(never.asked()).toBe(2);
  });

  test('is left when the LLM is disposed of', async () => {
    const { llm, server } = await connect(() => 'hang');
    const calling = outcome(llm.embed('x'));
    await rest(30);
    await llm.dispose();
    expect(await calling).toBe('disposed: The LLM was disposed during the call.');
    expect(await outcome(llm.embed('x'))).toBe('disposed: The LLM was disposed.');
    await rest(20);
    expect(server.open).toBe(0);
  });

  test('an abort ends the wait before a retry', async () => {
    const { llm, asked } = await connect(() => ({ status: 503, headers: { 'retry-after': '50' }, body: {} }));
    const controller = new AbortController();
    const calling = outcome(llm.embed('x', { signal: controller.signal }));
    await rest(50);
    const begin = performance.now();
    controller.abort();
    expect(await calling).toMatch(/^aborted/);
    expect(performance.now() - begin).toBeLessThan(50);
    await rest(20);
    expect(asked()).toBe(1);
  });

  test('an abort before a retry leaves its lane to others', async () => {
    const { llm } = await connect(
      (one, count) => (count === 0 ? { status: 503, headers: { 'retry-after': '50' }, body: {} } : good(one, count)),
      {
        concurrency: 1,
      },
    );
    const controller = new AbortController();
    const calling = outcome(llm.embed('x', { signal: controller.signal }));
    await rest(50);
    controller.abort();
    expect(await calling).toMatch(/^aborted/);
    expect(await llm.embed('y')).toHaveLength(1);
  });

  test('an error whose text has no end is told by its beginning', async () => {
    const { llm, server } = await connect(() => ({ status: 400, body: 'no '.repeat(20_000), endless: true }));
    expect(await outcome(llm.embed('x'))).toMatch(/^invalid-input: .{1,90} with 400: no no .{1,500}…$/);
    await rest(20);
    expect(server.open).toBe(0);
  });

  test('an abort of one call leaves the others alone', async () => {
    const { llm } = await connect(async (one, count) => (await rest(40), good(one, count)));
    const controller = new AbortController();
    const [ended, answered] = [outcome(llm.embed('x', { signal: controller.signal })), llm.embed('y')];
    controller.abort();
    expect(await ended).toMatch(/^aborted/);
    expect(await answered).toHaveLength(1);
  });
});

describe('An answer that cannot be right is no vector', () => {
  const item = (index: number, embedding: unknown = [1, 2]) => ({ index, embedding });
  test.each<[string, unknown, RegExp]>([
    ['too few', { data: [item(0)] }, /1 embeddings for 2 inputs/],
    ['too many', { data: [item(0), item(1), item(2)] }, /3 embeddings for 2/],
    ['one index twice', { data: [item(0), item(0)] }, /index 0 twice/],
    ['no index', { data: [{ embedding: [1] }, { embedding: [1] }] }, /index undefined/],
    ['null for NaN', { data: [item(0), item(1, [1, null])] }, /something else than numbers/],
    ['NaN in base64', { data: [item(0), item(1, base64Of([1, NaN]))] }, /not finite/],
    ['mixed sizes', { data: [item(0), item(1, [1, 2, 3])] }, /3 numbers a row for embed where it should be 2/],
    ['empty vectors', { data: [item(0, []), item(1, [])] }, /empty/],
    ['no data', {}, /no list/],
    ['a list', [[1, 2], [1, 2]], /no object/], // prettier-ignore
    ['no JSON', '<html>please log in</html>', /not JSON: "<html>please log in/],
    ['half of it', '{"data":[{"index":0,"embed', /not JSON/],
  ])('%s', async (_, body, why) => {
    const { llm } = await connect(() => ({ body }), { maxRetries: 0 });
    const said = await outcome(llm.embed(['x', 'y']));
    expect(said).toMatch(/^server-error/);
    expect(said).toMatch(why);
  });

  test('nor one of another size than before: the server has another model by now', async () => {
    let size = 4;
    const { llm } = await connect(({ body }) => ({ body: embeddingList(textsIn(body), (text) => vectorOf(text).slice(0, size)) }));
    await llm.embed('x');
    size = 3;
    expect(await outcome(llm.embed('x'))).toMatch(/^server-error: .* 3 numbers a row for embed where it should be 4, as before/);
  });
});

describe('What the caller gets wrong', () => {
  test('is told before anything is sent', async () => {
    const { llm, asked } = await connect(good);
    for (const call of [
      llm.embed('x', { poolingParams: { activation: true } }),
      llm.embed('x', { poolingParams: { dimensions: 'many' as unknown as number } }),
      llm.embed(['x', 'y'], { poolingParams: [{}] }),
      llm.embed('x', { truncatePromptTokens: 1.5 }),
      llm.embed('x', { typo: 1 } as object),
    ]) {
      expect(await outcome(call)).toMatch(/^invalid-option/);
    }
    expect(await outcome(llm.embed({ image: 1 } as never))).toMatch(/^invalid-input/);
    expect(asked()).toBe(0);
  });

  test('a limit of tokens is kept where that is certain, and is an error where it is not', async () => {
    const { llm, asked } = await connect(good);
    expect(await llm.embed('short', { maxTotalTokens: 1_000 })).toHaveLength(1);
    expect(await llm.embed('x'.repeat(9_000), { maxTotalTokens: 512 })).toHaveLength(1);
    expect(await outcome(llm.embed(texts, { maxTotalTokens: 300 }))).toMatch(/^too-many-tokens: .* maxTotalTokens is 300/);
    expect(asked()).toBe(2);
  });
});

test('is a fetch as well, as every LLM is', async () => {
  const { llm } = await connect(good);
  const response = await llm.fetch('http://local/v1/embeddings', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ model: 'org/model', input: 'x' }),
  });
  expect(await response.json()).toMatchObject({ data: [{ embedding: vectorOf('x') }] });
});
