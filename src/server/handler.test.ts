/** What is around the models: keys, options, origins, logs, metrics, spans. The routes themselves: e2e/server/cases.ts. */
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { PoolingError } from '../errors.ts';
import { createHandler } from './handler.ts';
import { embed, embeddingOf, fakeModel, get, UNPRINTABLE } from './model-for-tests.ts';
import type { LogRecord, ServerOptions } from './options.ts';

describe('keys', () => {
  const handler = createHandler(fakeModel(), { apiKeys: ['first', 'second-key'] });
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

describe('options', () => {
  test.each<[object, string]>([
    [{ maxInput: 5 }, 'createHandler has no option "maxInput"'],
    [{ maxInputs: 0 }, 'maxInputs must be an integer of at least 1, or Infinity, got 0.'],
    [{ requestTimeout: NaN }, 'requestTimeout must be'],
    [{ apiKeys: [''] }, 'apiKeys must be a list of keys of visible ASCII characters.'],
    [{ apiKeys: ['zweiter-Schlüssel'] }, 'apiKeys must be a list of keys of visible ASCII characters.'],
    [{ apiKeys: ['two words'] }, 'apiKeys must be'],
    [{ apiKeys: 'key' }, 'apiKeys must be a list'],
    [{ protectMetrics: 'no' }, 'protectMetrics must be true or false, got "no".'],
    [{ allowedOrigins: 5 }, 'allowedOrigins must be "*" or a list of origins, got 5.'],
    [{ chatTemplate: 5 }, 'chatTemplate must be'],
    [{ onLog: 5 }, 'onLog must be a function, got 5.'],
    [{ tracer: {} }, 'tracer must be'],
  ])('%j is refused', (options, text) => expect(() => createHandler(fakeModel(), options as ServerOptions)).toThrow(text));

  const names = [
    'maxInputs',
    'requestTimeout',
    'apiKeys',
    'protectMetrics',
    'allowedOrigins',
    'chatTemplate',
    'onLog',
    'tracer',
    'traceContext',
  ];
  test.each(names.flatMap((name) => UNPRINTABLE.map((value, i) => [name, i, value] as const)))(
    '%s that has no text, %i, is refused',
    (name, _, value) => {
      if (name === 'chatTemplate' && Object.keys(value).length === 0) return;
      expect(() => createHandler(fakeModel(), { [name]: value } as ServerOptions)).toThrow(`${name} must be`);
    },
  );
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

describe('what watches requests, and throws,', () => {
  const told = vi.spyOn(console, 'error').mockImplementation(() => {});
  const uncaught = vi.fn();
  beforeEach(() => {
    told.mockClear();
    process.on('uncaughtException', uncaught);
    process.on('unhandledRejection', uncaught);
  });
  afterEach(() => {
    process.off('uncaughtException', uncaught);
    process.off('unhandledRejection', uncaught);
  });
  afterAll(() => told.mockRestore());

  const no = (): never => {
    throw new Error('the application’s own');
  };
  const span = { setAttributes: no, setStatus: no, end: no };
  const fine = { setAttributes() {}, setStatus() {}, end() {} };
  test.each<[what: string, name: string, options: ServerOptions]>([
    ['a tracer', 'tracer', { tracer: { startSpan: no } }],
    ['a span', 'tracer', { tracer: { startSpan: () => span } }],
    ['traceContext', 'traceContext', { tracer: { startSpan: () => fine }, traceContext: no }],
    ['onLog', 'onLog', { onLog: no }],
    ['onLog that is async', 'onLog', { onLog: (async () => no()) as () => void }],
  ])('%s, costs no answer and not the process, and is told once', async (_, name, options) => {
    const handler = createHandler(fakeModel(), options);
    for (let i = 0; i < 3; i++) expect((await handler(embed())).status).toBe(200);
    // Node tells of what nobody caught after the microtasks.
    await new Promise((resolve) => setTimeout(resolve));
    expect(told.mock.calls.map(([text]) => text)).toEqual([`createHandler: ${name} threw. Requests are answered all the same.`]);
    expect(told.mock.calls[0]![1]).toMatchObject({ message: 'the application’s own' });
    expect(uncaught).not.toHaveBeenCalled();
  });

  test('traceContext, costs no span either', async () => {
    const startSpan = vi.fn(() => fine);
    await createHandler(fakeModel(), { tracer: { startSpan }, traceContext: no })(embed());
    expect(startSpan).toHaveBeenCalledOnce();
  });
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
