/** rockpool/remote over servers that are slow, full or broken: retries, waits, errors and aborts. */
import { describe, expect, test } from 'vitest';
import { connectEmbeddings, good, keep, rest } from './remote-connections.ts';
import { fakeServer, outcome, textsIn, vectorOf, type Reply } from './remote-server.ts';

const texts = Array.from({ length: 40 }, (_, i) => `text ${i}`);

/** As soon as a server can say it. */
const soon = { 'retry-after-ms': '1' };

describe('A failure that passes', () => {
  test('429 is asked again after Retry-After', async () => {
    const { llm, asked } = await connectEmbeddings((one, count) =>
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
    const { llm, asked } = await connectEmbeddings(() => ({
      status: 429,
      headers: soon,
      body: { error: { message: 'model m is currently overloaded' } },
    }));
    expect(await outcome(llm.embed('x'))).toMatch(
      /^overloaded: vLLM .* answered \/v1\/embeddings with 429: model m is currently overloaded\. It asks to come back in 1 s$/,
    );
    expect(asked()).toBe(4);
  });

  test.each([500, 502, 503, 408, 409])('%i until nothing is left to try is `server-error`', async (status) => {
    const { llm, asked } = await connectEmbeddings(() => ({ status, headers: soon, body: { error: { message: 'boom' } } }), {
      maxRetries: 2,
    });
    expect(await outcome(llm.embed('x'))).toMatch(new RegExp(`^server-error: .* with ${status}: boom$`));
    expect(asked()).toBe(3);
  });

  test('a connection that breaks is made again', async () => {
    const { llm, asked } = await connectEmbeddings((one, count) => (count < 1 ? 'drop' : good(one, count)));
    expect(await llm.embed('x')).toHaveLength(1);
    expect(asked()).toBe(2);
  });

  test('is the only one of its call that is asked again', async () => {
    const { llm, server } = await connectEmbeddings(
      (one, count) => (textsIn(one.body).includes('text 7') && count < 3 ? { status: 503, headers: soon, body: {} } : good(one, count)),
      { maxInputsPerRequest: 5, concurrency: 1 },
    );
    const outputs = await llm.embed(texts);
    expect(outputs.map(({ outputs: { embedding } }) => [...embedding])).toEqual(texts.map(vectorOf));
    expect(server.to('/v1/embeddings')).toHaveLength(8 + 2);
  });

  test('is not waited for longer than a minute', async () => {
    const { llm, asked } = await connectEmbeddings(() => ({ status: 429, headers: { 'retry-after': '3600' }, body: {} }));
    expect(await outcome(llm.embed('x'))).toMatch(/^overloaded/);
    expect(asked()).toBe(1);
  });

  test('may be ruled out by the server, or in', async () => {
    const out = await connectEmbeddings(() => ({ status: 503, headers: { 'x-should-retry': 'false' }, body: {} }));
    expect(await outcome(out.llm.embed('x'))).toMatch(/^server-error/);
    expect(out.asked()).toBe(1);
    const within = await connectEmbeddings((one, count) =>
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
    const { llm, asked } = await connectEmbeddings(() => ({ status, headers: soon, body }), { maxRetries: 1 });
    expect(await outcome(llm.embed('x'))).toMatch(said);
    expect(asked()).toBe(status === 500 ? 2 : 1);
  });

  test('a redirect is not followed: texts and keys go to the server that was named', async () => {
    const elsewhere = keep(await fakeServer(() => ({ body: { data: [] } })));
    const { llm } = await connectEmbeddings(() => ({ status: 307, headers: { Location: `${elsewhere.url}/v1/embeddings` } }), {
      maxRetries: 0,
    });
    expect(await outcome(llm.embed('x'))).toMatch(/^server-error: .*with 307, a redirect, which is not followed/);
    expect(elsewhere.asked).toHaveLength(0);
  });

  test('ends the other requests of its call, and no more are sent', async () => {
    const { llm, server, asked } = await connectEmbeddings(
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
    const { llm, server } = await connectEmbeddings(() => 'hang', { maxInputsPerRequest: 4 });
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
    const { llm, asked } = await connectEmbeddings((one, count) => (count < 1 ? 'hang' : good(one, count)), { timeout: 150 });
    expect(await llm.embed('x')).toHaveLength(1);
    expect(asked()).toBe(2);
    const never = await connectEmbeddings(() => 'hang', { timeout: 60, maxRetries: 1 });
    expect(await outcome(never.llm.embed('x'))).toMatch(/^server-error: vLLM .* did not answer \/v1\/embeddings within 60 ms$/);
    expect(never.asked()).toBe(2);
    // Whoever has time for more retries has no time for more silence.
    const patient = await connectEmbeddings(() => 'hang', { timeout: 40 });
    expect(await outcome(patient.llm.embed('x'))).toMatch(/^server-error/);
    expect(patient.asked()).toBe(2);
  });

  test('is left when the LLM is disposed of', async () => {
    const { llm, server } = await connectEmbeddings(() => 'hang');
    const calling = outcome(llm.embed('x'));
    await rest(30);
    await llm.dispose();
    expect(await calling).toBe('disposed: The LLM was disposed during the call.');
    expect(await outcome(llm.embed('x'))).toBe('disposed: The LLM was disposed.');
    await rest(20);
    expect(server.open).toBe(0);
  });

  test('an abort ends the wait before a retry', async () => {
    const { llm, asked } = await connectEmbeddings(() => ({ status: 503, headers: { 'retry-after': '50' }, body: {} }));
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
    const { llm } = await connectEmbeddings(
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
    const { llm, server } = await connectEmbeddings(() => ({ status: 400, body: 'no '.repeat(20_000), endless: true }));
    expect(await outcome(llm.embed('x'))).toMatch(/^invalid-input: .{1,90} with 400: no no .{1,500}…$/);
    await rest(20);
    expect(server.open).toBe(0);
  });

  test('an abort of one call leaves the others alone', async () => {
    const { llm } = await connectEmbeddings(async (one, count) => (await rest(40), good(one, count)));
    const controller = new AbortController();
    const [ended, answered] = [outcome(llm.embed('x', { signal: controller.signal })), llm.embed('y')];
    controller.abort();
    expect(await ended).toMatch(/^aborted/);
    expect(await answered).toHaveLength(1);
  });
});
