/** What is around the models: keys, limits, faults, logs, metrics, spans. The routes themselves: e2e/server/cases.ts. */
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { describe, expect, test, vi } from 'vitest';
import { errorCodes, PoolingError } from '../errors.ts';
import { createHandler, type Handler } from './handler.ts';
import { embeddingOf, fakeModel, post } from './model-for-tests.ts';
import type { LogRecord, ServerOptions } from './options.ts';

interface ErrorBody {
  message: string;
  type: string;
  param: string | null;
  code: number;
  error: unknown;
}
const jsonOf = async <T>(response: Response | Promise<Response>) => (await (await response).json()) as T;
const get = (path: string, headers: Record<string, string> = {}) => new Request(`http://server${path}`, { headers });
const embed = (body: object = {}, headers?: Record<string, string>, signal?: AbortSignal) =>
  post('/v1/embeddings', { input: ['a'], ...body }, headers, signal);

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
    begun: () => vi.waitFor(() => expect(waiting.length).toBeGreaterThan(0)),
    release: () => waiting.splice(0).forEach((go) => go()),
  };
}

describe('keys', () => {
  const handler = createHandler(fakeModel(), { apiKeys: ['first', 'zweiter-Schlüssel'] });
  test.each([
    ['Bearer first', 200],
    ['bearer   first', 200],
    ['Bearer first ', 200],
    ['Bearer firs', 401],
    ['Bearer firstt', 401],
    ['Bearer ', 401],
    ['Basic first', 401],
    ['first', 401],
  ])('%j: %d', async (Authorization, status) => {
    expect((await handler(get('/v1/models', { Authorization }))).status).toBe(status);
  });
  test.each([
    ['/v1/models', 401],
    ['/metrics', 401],
    ['/docs', 401],
    ['/nowhere', 401],
    ['/health', 200],
    ['/ping', 200],
  ])('%s without one: %d', async (path, status) => expect((await handler(get(path))).status).toBe(status));
  test('are not asked for /metrics where that is wished', async () => {
    expect((await createHandler(fakeModel(), { apiKeys: ['k'], protectMetrics: false })(get('/metrics'))).status).toBe(200);
  });
  test('401 says how, in both shapes', async () => {
    const response = await handler(get('/v1/models'));
    expect(response.headers.get('WWW-Authenticate')).toBe('Bearer');
    expect(await response.json()).toMatchObject({ object: 'error', code: 401, error: { message: 'Unauthorized', code: 401 } });
  });
});

describe('models', () => {
  const models = {
    small: fakeModel({ tasks: ['embed'] }),
    judge: fakeModel({ tasks: ['classify'], classify: async () => [] }),
  };
  const handler = createHandler(models);
  const name = async (body: object, path = '/v1/embeddings') =>
    jsonOf<{ model: string; message: string }>(handler(post(path, { input: ['a'], ...body })));
  test('the first that serves the task, without a name', async () => {
    expect(await name({})).toMatchObject({ model: 'small' });
    expect(await name({ model: '' })).toMatchObject({ model: 'small' });
    expect(await name({ model: null }, '/classify')).toMatchObject({ model: 'judge' });
  });
  test('a name that is not there is 404, in vLLM’s words', async () => {
    const response = await handler(embed({ model: 'x' }));
    expect([response.status, (await jsonOf<ErrorBody>(response)).message]).toEqual([404, 'The model `x` does not exist.']);
  });
  test('one that does not serve the task is told so', async () => {
    expect((await name({ model: 'judge' })).message).toBe('The model does not support Embeddings API. "judge" serves: classify.');
  });
  test('of several names answers by the first', async () => {
    const one = fakeModel();
    const handler = createHandler({ first: one, second: one });
    expect(await jsonOf(handler(embed({ model: 'second' })))).toMatchObject({ model: 'first' });
    const { data } = await jsonOf<{ data: { id: string }[] }>(handler(get('/v1/models')));
    expect(data.map(({ id }) => id)).toEqual(['first', 'second']);
  });
  test('without a name, a cross-encoder scores before a model that compares vectors', async () => {
    const scored: string[] = [];
    const scorer = (name: string, tasks: ('embed' | 'classify' | 'score')[]) =>
      fakeModel({ name, tasks, score: async () => (scored.push(name), [{ outputs: { score: 1 }, prompt_token_ids: [] } as never]) });
    const handler = createHandler({ a: scorer('embedder', ['embed', 'score']), b: scorer('reranker', ['classify', 'score']) });
    await handler(post('/rerank', { query: 'q', documents: ['d'] }));
    await handler(post('/rerank', { model: 'a', query: 'q', documents: ['d'] }));
    expect(scored).toEqual(['reranker', 'embedder']);
  });
  test('names that objects have by themselves are no models', async () => {
    for (const model of ['constructor', '__proto__', 'toString']) expect((await handler(embed({ model }))).status).toBe(404);
  });
  test.each([[undefined], [{}], [{ a: 5 }], [null]])('createHandler refuses %j', (given) => {
    expect(() => createHandler(given as never)).toThrow(expect.objectContaining({ code: 'invalid-option' }));
  });
});

describe('options', () => {
  test.each<[object, string]>([
    [{ maxInput: 5 }, 'createHandler has no option "maxInput"'],
    [{ maxInputs: 0 }, 'maxInputs must be an integer of at least 1, or Infinity, got 0.'],
    [{ requestTimeout: NaN }, 'requestTimeout must be'],
    [{ apiKeys: [''] }, 'apiKeys must be a list of texts that are not empty.'],
    [{ apiKeys: 'key' }, 'apiKeys must be a list'],
    [{ protectMetrics: 'no' }, 'protectMetrics must be true or false, got "no".'],
    [{ allowedOrigins: 5 }, 'allowedOrigins must be "*" or a list of origins, got 5.'],
    [{ chatTemplate: 5 }, 'chatTemplate must be'],
    [{ onLog: 5 }, 'onLog must be a function, got 5.'],
    [{ tracer: {} }, 'tracer must be'],
  ])('%j is refused', (options, text) => expect(() => createHandler(fakeModel(), options as ServerOptions)).toThrow(text));
});

describe('limits', () => {
  const handler = createHandler(fakeModel(), { maxInputs: 2, maxBodyBytes: 200 });
  test('inputs', async () => {
    const response = await handler(embed({ input: ['a', 'b', 'c'] }));
    expect(response.status).toBe(422);
    expect((await jsonOf<ErrorBody>(response)).message).toBe('batch size 3 > maximum allowed batch size 2');
    expect((await handler(embed({ input: ['a', 'b'] }))).status).toBe(200);
  });
  test('bytes, declared or not', async () => {
    expect((await handler(embed({ user: 'x'.repeat(300) }))).status).toBe(413);
    const endless = new ReadableStream({ pull: (c) => c.enqueue(new Uint8Array(64)) });
    const init = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: endless, duplex: 'half' };
    expect((await handler(new Request('http://server/v1/embeddings', init as RequestInit))).status).toBe(413);
  });
  test('tokens: the engine is told the most that the prompts may have', async () => {
    const seen: unknown[] = [];
    const model = (most: number) => {
      const fake = fakeModel({
        embed: async (_, options) => (seen.push((options as { maxTotalTokens: number }).maxTotalTokens), [embeddingOf(0)]),
      });
      return { ...fake, info: { ...fake.info, max_embed_len: most } };
    };
    await createHandler(model(16))(embed());
    await createHandler(model(3_072_000))(embed());
    await createHandler(model(Infinity))(embed());
    await createHandler(model(16), { maxTokens: 7 })(embed());
    expect(seen).toEqual([300_000, 3_072_000, undefined, 7]);
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
    const too = (message: string) => createHandler(fakeModel({ embed: () => Promise.reject(new PoolingError('input-too-long', message)) }));
    const rejected = async (handler: Handler) => (
      await handler(embed()),
      /rejected_total\{limit="maxTokens"\} 1/.test(await (await handler(get('/metrics'))).text())
    );
    expect(await rejected(too('This model takes less.'))).toBe(false);
    expect(await rejected(too('The prompts of one call may have 3 tokens in all, and these have more.'))).toBe(true);
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
});

test('a client that goes away ends its work', async () => {
  const { model, signals, begun } = slowModel();
  const client = new AbortController();
  const handler = createHandler(model);
  const answer = handler(embed({}, {}, client.signal));
  await begun();
  client.abort();
  expect((await answer).status).toBe(400);
  expect(signals[0]!.aborted).toBe(true);
});

test('a server that drains answers what is under way, and nothing new', async () => {
  const { model, begun, release } = slowModel();
  const handler = createHandler(model);
  const answer = handler(embed());
  await begun();
  let drained = false;
  const draining = handler.drain().then(() => (drained = true));
  const refused = await handler(embed());
  expect([refused.status, refused.headers.get('Retry-After')]).toEqual([503, '1']);
  expect((await handler(get('/health'))).status).toBe(503);
  expect(drained).toBe(false);
  release();
  expect((await answer).status).toBe(200);
  await draining;
});

describe('faults', () => {
  const secret = '/home/someone/models/model.onnx cannot be read at run (ort.mjs:1:1)';
  const failing = (code: PoolingError['code'], logs: LogRecord[] = []) =>
    createHandler(fakeModel({ embed: () => Promise.reject(new PoolingError(code, secret)) }), {
      onLog: (record) => void logs.push(record),
    });

  test.each(errorCodes.map((code) => [code]))(
    '%s has a status, and tells nothing of the host unless it is about the request',
    async (code) => {
      const logs: LogRecord[] = [];
      const response = await failing(code, logs)(embed());
      const body = await jsonOf<ErrorBody>(response);
      const isCallers = ['invalid-input', 'invalid-option', 'input-too-long', 'unsupported-task'].includes(code);
      expect(response.status).toBeGreaterThanOrEqual(400);
      expect(response.status < 500).toBe(isCallers);
      expect(JSON.stringify(body).includes('someone')).toBe(isCallers);
      expect(body.error).toMatchObject({ message: body.message, type: body.type, param: body.param, code: response.status });
      if (response.status === 500) expect(logs.find(({ level }) => level === 'error')?.message).toBe(secret);
      if (response.status === 503) expect(response.headers.get('Retry-After')).toBe('1');
    },
  );

  test('what is no error of ours is 500 too, and a listener that throws breaks nothing', async () => {
    const uncaught = vi.fn();
    process.once('uncaughtException', uncaught);
    const model = fakeModel({ embed: () => Promise.reject('a string') });
    const handler = createHandler(model, {
      onLog: ({ level }) => {
        if (level === 'info') throw new Error('the listener’s own');
      },
    });
    expect((await handler(embed())).status).toBe(500);
    await vi.waitFor(() => expect(uncaught).toHaveBeenCalledOnce());
  });

  test('a server whose engine is gone is not healthy, until it answers again', async () => {
    let gone = true;
    const handler = createHandler(
      fakeModel({ embed: () => (gone ? Promise.reject(new PoolingError('disposed', 'gone')) : Promise.resolve([embeddingOf(0)])) }),
    );
    expect((await handler(get('/health'))).status).toBe(200);
    expect((await handler(embed())).status).toBe(503);
    expect((await handler(get('/health'))).status).toBe(503);
    gone = false;
    expect((await handler(embed())).status).toBe(200);
    expect((await handler(get('/health'))).status).toBe(200);
  });
});

describe('pages of other sites', () => {
  const preflight = (origin: string) =>
    new Request('http://server/v1/embeddings', {
      method: 'OPTIONS',
      headers: { Origin: origin, 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'authorization,content-type' },
    });
  test('are not let in unless they are named', async () => {
    const response = await createHandler(fakeModel())(embed({}, { Origin: 'https://a.example' }));
    expect(response.headers.get('Access-Control-Allow-Origin')).toBeNull();
  });
  test('are let in by name, without a key at the preflight, and see errors too', async () => {
    const handler = createHandler(fakeModel(), { allowedOrigins: ['https://a.example'], apiKeys: ['k'] });
    const allowed = await handler(preflight('https://a.example'));
    expect([allowed.status, allowed.headers.get('Access-Control-Allow-Origin')]).toEqual([204, 'https://a.example']);
    expect(allowed.headers.get('Access-Control-Allow-Headers')).toBe('authorization,content-type');
    expect((await handler(preflight('https://b.example'))).headers.get('Access-Control-Allow-Origin')).toBeNull();
    const refused = await handler(embed({}, { Origin: 'https://a.example' }));
    expect([refused.status, refused.headers.get('Access-Control-Allow-Origin')]).toEqual([401, 'https://a.example']);
    const missing = await handler(
      new Request('http://server/none', { headers: { Origin: 'https://a.example', Authorization: 'Bearer k' } }),
    );
    expect([missing.status, missing.headers.get('Access-Control-Allow-Origin')]).toEqual([404, 'https://a.example']);
  });
  test('of every site, by a star', async () => {
    const response = await createHandler(fakeModel(), { allowedOrigins: '*' })(embed({}, { Origin: 'https://a.example' }));
    expect(response.headers.get('Access-Control-Allow-Origin')).toBe('*');
  });
});

describe('request ids', () => {
  const handler = createHandler(fakeModel());
  const ids = async (request: Request) => {
    const response = await handler(request);
    return [response.headers.get('X-Request-Id'), ((await response.json()) as { id: string }).id];
  };
  test('are made: 32 hex digits', async () => {
    const [header, id] = await ids(embed());
    expect(header).toMatch(/^[\da-f]{32}$/);
    expect(id).toBe(`embd-${header}`);
  });
  test('are the client’s, of the header before the body', async () => {
    expect(await ids(embed({ request_id: 'body' }))).toEqual(['body', 'embd-body']);
    expect(await ids(embed({ request_id: 'body' }, { 'X-Request-Id': 'own' }))).toEqual(['own', 'embd-own']);
  });
  test('that could break a header or a log are not taken', async () => {
    for (const request_id of ['a b', 'é', 'x'.repeat(257), '']) expect((await ids(embed({ request_id })))[0]).toMatch(/^[\da-f]{32}$/);
    for (const request_id of [{ toString: 1 }, [{ toString: 1 }], ['x'], 5])
      expect((await handler(embed({ request_id }))).status).toBe(400);
  });
});

test('each request is a line of log, with its model and tokens; ignored fields are told, and the text is not in it', async () => {
  const logs: LogRecord[] = [];
  const handler = createHandler(fakeModel(), { onLog: (record) => void logs.push(record) });
  await handler(embed({ input: ['a secret'], nonsense: 1, request_id: 'r' }));
  expect(logs).toEqual([
    { level: 'warning', message: 'The following fields were present in the request but ignored: nonsense', request_id: 'r' },
    {
      level: 'info',
      message: 'POST /v1/embeddings 200',
      request_id: 'r',
      status: 200,
      ms: expect.any(Number) as number,
      model: 'fake',
      tokens: 3,
    },
  ]);
});

test('paths and methods of strangers share one series', async () => {
  const handler = createHandler(fakeModel());
  for (const path of ['/a', '/b', '/v1/embeddings/x']) await handler(get(path));
  await handler(new Request('http://server/a', { method: 'BREW' }));
  const text = await (await handler(get('/metrics'))).text();
  expect(text.match(/^rockpool:http_requests_total\{.*$/gm)).toEqual([
    'rockpool:http_requests_total{handler="other",method="GET",status="404"} 3',
    'rockpool:http_requests_total{handler="other",method="other",status="404"} 1',
  ]);
});

test('a tracer that throws costs no answer, and is reported', async () => {
  const uncaught = vi.fn();
  process.on('uncaughtException', uncaught);
  const no = () => {
    throw new Error('the tracer’s own');
  };
  const span = { setAttributes: no, setStatus: no, end: no };
  for (const options of [
    { tracer: { startSpan: no } },
    { tracer: { startSpan: () => span } },
    { tracer: { startSpan: () => span }, traceContext: no },
  ]) {
    expect((await createHandler(fakeModel(), options)(embed())).status).toBe(200);
  }
  await vi.waitFor(() => expect(uncaught.mock.calls.length).toBeGreaterThanOrEqual(4));
  process.off('uncaughtException', uncaught);
});

test('a path with a slash behind it is the same route, in metrics too', async () => {
  const handler = createHandler(fakeModel());
  expect((await handler(post('/v1/embeddings/', { input: 'a' }))).status).toBe(200);
  expect(await (await handler(get('/metrics'))).text()).toContain('handler="/v1/embeddings",method="POST",status="200"} 1');
});

test('OpenTelemetry’s own tracer gets a span for each request, and a failed one says so', async () => {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  let fails = false;
  const handler = createHandler(
    fakeModel({ embed: () => (fails ? Promise.reject(new PoolingError('runtime-failed', 'x')) : Promise.resolve([embeddingOf(0)])) }),
    { tracer: provider.getTracer('test') },
  );
  await handler(embed({}, { 'X-Request-Id': 'abc' }));
  fails = true;
  await handler(embed());
  const [good, bad] = exporter.getFinishedSpans();
  expect(good).toMatchObject({
    name: 'POST /v1/embeddings',
    kind: 1,
    status: { code: 0 },
    attributes: {
      'http.request.method': 'POST',
      'http.route': '/v1/embeddings',
      'http.response.status_code': 200,
      'gen_ai.operation.name': 'embeddings',
      'gen_ai.request.model': 'fake',
      'gen_ai.usage.input_tokens': 3,
      'rockpool.request.id': 'abc',
    },
  });
  expect(bad).toMatchObject({ status: { code: 2, message: 'Internal server error' }, attributes: { 'http.response.status_code': 500 } });
});
