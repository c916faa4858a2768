/** What a server does not let through, and does not wait for: limits, clients that go, shutdown. */
import { describe, expect, test, vi } from 'vitest';
import { PoolingError } from '../errors.ts';
import { createHandler, type Handler } from './handler.ts';
import { embed, embeddingOf, fakeModel, get, jsonOf, post, type ErrorBody } from './model-for-tests.ts';
import type { ServerOptions } from './options.ts';
import type { PoolingModel } from './served-models.ts';

/** A model whose answers wait for `release`. */
function slowModel() {
  const waiting: (() => void)[] = [];
  const signals: AbortSignal[] = [];
  const model = fakeModel({
    embed: (_, options) => {
      const { signal } = options as { signal: AbortSignal };
      signals.push(signal);
      return new Promise((resolve, reject) => {
        waiting.push(() => resolve([embeddingOf(1)]));
        signal.addEventListener('abort', () => reject(new PoolingError('aborted', 'aborted')));
      });
    },
  });
  return {
    model,
    signals,
    begun: () => vi.waitFor(() => expect(waiting.length).toBeGreaterThan(0), { timeout: 20_000 }),
    release: () => waiting.splice(0).forEach((go) => go()),
  };
}

describe('limits', () => {
  const handler = createHandler(fakeModel(), { maxInputs: 2, maxBodyBytes: 200 });
  test('inputs', async () => {
    const response = await handler(embed({ input: ['a', 'b', 'c'] }));
    expect(response.status).toBe(422);
    expect((await jsonOf<ErrorBody>(response)).message).toBe('batch size 3 > maximum allowed batch size 2');
    expect((await handler(embed({ input: ['a', 'b'] }))).status).toBe(200);
  });
  test('inputs and values are counted before a schema makes a copy of each, so that what is wrong with one of them is not seen', async () => {
    const told = async (path: string, body: object) => {
      const response = await handler(post(path, body));
      return [response.status, (await jsonOf<ErrorBody>(response)).message];
    };
    const batch = [422, 'batch size 3 > maximum allowed batch size 2'];
    expect(await told('/v1/embeddings', { input: ['a', 'b', {}] })).toEqual(batch);
    expect(await told('/rerank', { query: 'a', documents: ['b', 'c', 1] })).toEqual(batch);
    expect(await told('/score', { text_1: 'a', text_2: ['b', 'c', 1] })).toEqual(batch);
    expect(await told('/v2/embed', { inputs: [1, 2, 3] })).toEqual(batch);
    expect(await told('/rerank', { query: 'a', documents: Array(3).fill({ role: '', text: '' }) })).toEqual(batch);
    // One input each, and a field that is none of the route's.
    expect(await told('/v1/embeddings', { input: [1, 2, 3] })).toEqual([200, undefined]);
    expect((await told('/v1/embeddings', { input: [{ role: 'user' }, { role: 'user' }, {}] }))[0]).toBe(400);
    expect(await told('/v1/embeddings', { input: 'a', texts: ['a', 'b', 'c'] })).toEqual([200, undefined]);
  });
  test('values: a list of numbers is none', async () => {
    const handler = createHandler(fakeModel());
    const told = async (body: object) => jsonOf<ErrorBody>(handler(post('/v1/embeddings', body)));
    const tooMany = { code: 413, message: 'The body may have 300000 values beside numbers, and this one has more.' };
    // The two fields count, and of each part it and its own.
    const parts = (count: number) => ({ input: 'a', unknown: Array(count).fill({ a: '' }) });
    expect(await told(parts(149_999))).not.toHaveProperty('error');
    expect(await told(parts(150_000))).toMatchObject(tooMany);
    expect(await told({ input: Array(300_001).fill(1) })).not.toHaveProperty('error');
  });
  test('bytes, declared or not', async () => {
    expect((await handler(embed({ user: 'x'.repeat(300) }))).status).toBe(413);
    const endless = new ReadableStream({ pull: (c) => c.enqueue(new Uint8Array(64)) });
    const init = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: endless, duplex: 'half' };
    expect((await handler(new Request('http://server/v1/embeddings', init as RequestInit))).status).toBe(413);
  });
  test('tokens: the engine is told the most that the prompts may have', async () => {
    const seen: unknown[] = [];
    const model = (most: number, isChunked = false, device: 'wasm' | 'remote' = 'wasm') => {
      const fake = fakeModel({
        embed: async (_, options) => (seen.push((options as { maxTotalTokens: number }).maxTotalTokens), [embeddingOf(0)]),
      });
      return { ...fake, info: { ...fake.info, max_embed_len: most, enable_chunked_processing: isChunked, device } };
    };
    await createHandler(model(16))(embed());
    await createHandler(model(3_072_000))(embed());
    await createHandler(model(Infinity, true))(embed());
    // Only a server behind can count its tokens.
    await createHandler(model(16, false, 'remote'))(embed());
    await createHandler(model(16), { maxTokens: 7 })(embed());
    expect(seen).toEqual([300_000, 3_072_000, undefined, undefined, 7]);
  });
  test('tokens of a text that is only tokenised, and of ids, too', async () => {
    const tokenized: unknown[] = [];
    const model = fakeModel({
      tokenize: async (_, options) => (tokenized.push((options as { maxTotalTokens: number }).maxTotalTokens), [{ count: 0 } as never]),
      detokenize: async () => 'text',
    });
    const handler = createHandler(model, { maxTokens: 3 });
    await handler(post('/tokenize', { prompt: 'a' }));
    expect(tokenized).toEqual([3]);
    expect((await handler(post('/detokenize', { tokens: [1, 2, 3] }))).status).toBe(200);
    const refused = await handler(post('/detokenize', { tokens: [1, 2, 3, 4] }));
    expect([refused.status, (await jsonOf<ErrorBody>(refused)).message]).toEqual([
      400,
      'A request may have 3 tokens, and this one has more.',
    ]);
  });
  test('tokens of each text that is not to be cut, with the prompt before it: counted before anything is computed', async () => {
    const calls: string[] = [];
    const model = fakeModel({
      tokenize: async (texts) => (
        calls.push(`tokenize ${String(texts)}`),
        (texts as string[]).map(({ length }) => ({ count: length }) as never)
      ),
      embed: async (texts) => (calls.push(`embed ${String(texts)}`), [embeddingOf(0)]),
    });
    Object.assign(model.info, { prompts: { query: 'q: ' } });
    const handler = createHandler(model);
    const ask = (more: object) => handler(post('/v2/embed', { texts: ['abcde'], truncate: 'NONE', max_tokens: 5, ...more }));
    expect((await ask({})).status).toBe(200);
    const refused = await ask({ input_type: 'query' });
    expect([refused.status, (await jsonOf<ErrorBody>(refused)).message]).toEqual([
      400,
      'Input of 8 tokens exceeds max_tokens=5 with truncate=NONE. Set truncate to END or START to allow truncation.',
    ]);
    expect((await ask({ truncate: 'END', input_type: 'query' })).status).toBe(200);
    expect(calls).toEqual(['tokenize abcde', 'embed abcde', 'tokenize q: abcde', 'embed abcde']);
  });
  test('bytes of all bodies that are held at a time, given back with the answer', async () => {
    const { model, begun, release } = slowModel();
    const handler = createHandler(model, { maxHeldBytes: 250 });
    const large = () => handler(embed({ user: 'x'.repeat(150) }));
    const first = large();
    await begun();
    const refused = await large();
    expect([refused.status, refused.headers.get('Retry-After')]).toEqual([429, '1']);
    release();
    expect((await first).status).toBe(200);
    const next = large();
    await begun();
    release();
    expect((await next).status).toBe(200);
  });
  test('time, of a model that does not hear the signal: its place is free again', async () => {
    const deaf = createHandler(fakeModel({ embed: () => new Promise(() => {}) }), { requestTimeout: 30, maxConcurrentRequests: 1 });
    expect((await deaf(embed())).status).toBe(408);
    expect((await deaf(embed())).status).toBe(408);
    expect(await jsonOf(deaf(get('/load')))).toEqual({ server_load: 0 });
  });
  test('a text that is too long for the model is none of the server’s limits', async () => {
    const too = (code: PoolingError['code']) =>
      createHandler(fakeModel({ embed: () => Promise.reject(new PoolingError(code, 'Too long.')) }));
    const rejected = async (handler: Handler) => (
      expect((await handler(embed())).status).toBe(400),
      /rejected_total\{limit="maxTokens"\} 1/.test(await (await handler(get('/metrics'))).text())
    );
    expect(await rejected(too('input-too-long'))).toBe(false);
    expect(await rejected(too('too-many-tokens'))).toBe(true);
  });
  test('time: the request ends, and its work', async () => {
    const { model, signals } = slowModel();
    const late = createHandler(model, { requestTimeout: 30 });
    const response = await late(embed());
    expect([response.status, response.headers.get('x-should-retry')]).toEqual([408, 'false']);
    expect(signals[0]!.aborted).toBe(true);
    expect(await jsonOf(late(get('/load')))).toEqual({ server_load: 0 });
  });
  test('a body that stops coming', async () => {
    const stuck = new ReadableStream({ start: (c) => c.enqueue(new Uint8Array([123])) });
    const init = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: stuck, duplex: 'half' };
    const response = await createHandler(fakeModel(), { bodyTimeout: 30 })(new Request('http://server/score', init as RequestInit));
    expect([response.status, (await jsonOf<ErrorBody>(response)).message]).toEqual([408, 'The body did not come within 0.03 s.']);
  });
  test('each that turns a request away is counted', async () => {
    const small = createHandler(fakeModel(), { maxInputs: 1, maxBodyBytes: 100 });
    await small(embed({ input: ['a', 'b'] }));
    await small(embed({ input: ['a'.repeat(200)] }));
    const text = await (await small(get('/metrics'))).text();
    expect(text).toContain('rockpool:request_rejected_total{limit="maxInputs"} 1\n');
    expect(text).toContain('rockpool:request_rejected_total{limit="maxBodyBytes"} 1\n');
    expect(text).toContain('rockpool:limit{limit="maxInputs"} 1\n');
  });
  test('each is told, and that of tokens by model where none is set', async () => {
    const info = (more: object) => ({ ...fakeModel().info, ...more }) as PoolingModel['info'];
    const models = {
      usual: fakeModel(),
      longer: fakeModel({ info: info({ max_embed_len: 3_000_000, enable_chunked_processing: true }) }),
      endless: fakeModel({ info: info({ max_embed_len: Infinity, enable_chunked_processing: true }) }),
      // Only the server behind can count its tokens.
      behind: fakeModel({ info: info({ device: 'remote' }) }),
    };
    const told = async (options: ServerOptions) => {
      const text = await (await createHandler(models, options)(get('/metrics'))).text();
      return [...text.matchAll(/^rockpool:limit\{limit="maxTokens"(.*)\n/gm)].map(([, line]) => line);
    };
    expect(await told({})).toEqual([
      ',model_name="usual"} 300000',
      ',model_name="longer"} 3000000',
      ',model_name="endless"} +Inf',
      ',model_name="behind"} +Inf',
    ]);
    expect(await told({ maxTokens: 7 })).toEqual(['} 7']);
  });
});

test('a client that goes away ends its work', async () => {
  const { model, signals, begun } = slowModel();
  const client = new AbortController();
  const handler = createHandler(model);
  const answer = handler(embed({}, {}, client.signal));
  await begun();
  client.abort();
  expect((await answer).status).toBe(499);
  expect(await (await handler(get('/metrics'))).text()).toContain('rockpool:request_failure_total{model_name="fake",err="499"} 1');
  expect(signals[0]!.aborted).toBe(true);
});

test('a server that drains answers what is under way, and nothing new', async () => {
  const { model, begun, release } = slowModel();
  const handler = createHandler(model);
  const answer = handler(embed());
  await begun();
  let drained = false;
  const draining = handler.drain().finally(() => (drained = true));
  const refused = await handler(embed());
  expect([refused.status, refused.headers.get('Retry-After')]).toEqual([503, '1']);
  expect((await handler(get('/health'))).status).toBe(503);
  expect(drained).toBe(false);
  release();
  expect((await answer).status).toBe(200);
  expect(await draining).toBe(0);
});

test('a server that drains waits no longer than it may: what is left gets 503, and its work ends', async () => {
  const { model, signals, begun } = slowModel();
  const handler = createHandler(model, { shutdownTimeout: 30, maxConcurrentRequests: 2 });
  const running = [handler(embed()), handler(embed())];
  await begun();
  const waiting = handler(embed());
  const init = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: new ReadableStream(), duplex: 'half' };
  const sending = handler(new Request('http://server/score', init as RequestInit));
  expect(await handler.drain()).toBe(4);
  for (const answer of [...running, waiting, sending]) {
    const response = await answer;
    expect([response.status, response.headers.get('Retry-After')]).toEqual([503, '1']);
    expect((await jsonOf<ErrorBody>(response)).message).toBe('The server is shutting down.');
  }
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
  expect(await (await handler(get('/metrics'))).text()).toContain('rockpool:request_rejected_total{limit="shutdownTimeout"} 4\n');
  expect(await handler.drain()).toBe(0);
});

test('what is refused while a server drains is not waited for, and not counted as lost', async () => {
  const { model, begun } = slowModel();
  const handler = createHandler(model);
  const running = handler(embed());
  await begun();
  const draining = handler.drain(50);
  const refused = [handler(embed()), handler(get('/health'))];
  expect((await Promise.all(refused)).map(({ status }) => status)).toEqual([503, 503]);
  expect(await draining).toBe(1);
  expect((await running).status).toBe(503);
  await expect(handler.drain(-1)).rejects.toMatchObject({ code: 'invalid-option' });
});
