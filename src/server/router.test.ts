/** Paths, what is open without a key, and how the server describes itself. */
import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { PoolingError } from '../errors.ts';
import { createHandler } from './handler.ts';
import { embed, embeddingOf, fakeModel, get, jsonOf, post, type ErrorBody } from './model-for-tests.ts';
import type { OpenApi } from './openapi.ts';
import { modelRoutes } from './routes/table.ts';
import { TIMING_HEADERS } from './timing-headers.ts';

const scoring = fakeModel({
  score: (_, documents) =>
    Promise.resolve(
      (documents as unknown[]).map(() => ({ request_id: '', outputs: { score: 0.5 }, prompt_token_ids: [1], finished: true }) as never),
    ),
});

describe('a slash behind a path means nothing', () => {
  test('to routes, methods, keys, metrics and answers', async () => {
    const handler = createHandler(scoring, { apiKeys: ['k'], protectMetrics: false });
    const key = { Authorization: 'Bearer k' };
    expect((await handler(post('/v1/embeddings/', { input: 'a' }, key))).status).toBe(200);
    expect(await (await handler(get('/metrics/'))).text()).toContain('handler="/v1/embeddings",method="POST",status="200"} 1');
    expect((await handler(get('/health/'))).status).toBe(200);
    const wrong = await handler(get('/v1/embeddings/', key));
    expect([wrong.status, wrong.headers.get('Allow')]).toEqual([405, 'POST']);
    const reranked = await handler(post('/v2/rerank/', { query: 'a', documents: ['b'] }, key));
    expect(await jsonOf(reranked)).toHaveProperty('meta');
    expect((await handler(get('/v1/models//', key))).status).toBe(200);
    expect((await handler(get('/', key))).status).toBe(404);
  });
});

test('pages of other sites see the times of an answer', async () => {
  const model = fakeModel({
    embed: (_, options) => {
      const timings = { tokenize: 1, queue: 1, infer: 1, pool: 1 };
      (options as { onProgress: (progress: object) => void }).onProgress({ timings, tokens: 3 });
      return Promise.resolve([embeddingOf(0)]);
    },
  });
  const { headers } = await createHandler(model, { allowedOrigins: '*' })(embed({}, { Origin: 'https://a.example' }));
  const exposed = headers.get('Access-Control-Expose-Headers')!.toLowerCase().split(',');
  const times = [...headers.keys()].filter((name) => /^(x-.*-(time|tokens|type)|server-timing)$/.test(name));
  expect(times).toHaveLength(TIMING_HEADERS.length + 1);
  expect(exposed).toEqual(expect.arrayContaining(times));
});

describe('the description', () => {
  const withKeys = { apiKeys: ['k'] };
  const describedBy = (options: object) =>
    jsonOf<OpenApi>(createHandler(fakeModel(), options)(get('/openapi.json', { Authorization: 'Bearer k' })));
  const openIn = ({ paths }: OpenApi) =>
    Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).flatMap(([method, { security }]) => (security?.length === 0 ? [`${method} ${path}`] : [])),
    );
  test('says which routes take no key', async () => {
    expect(openIn(await describedBy(withKeys))).toEqual(['get /health', 'get /ping', 'post /ping']);
    expect(openIn(await describedBy({ ...withKeys, protectMetrics: false }))).toEqual([
      'get /health',
      'get /ping',
      'post /ping',
      'get /metrics',
    ]);
    expect(await describedBy({})).not.toHaveProperty('security');
  });

  test('has the same fields of every request to a model', async () => {
    const { paths } = await describedBy({});
    for (const path of modelRoutes.flatMap((route) => route.paths)) {
      const { properties } = paths[path]!['post']!.requestBody!.content['application/json'].schema as { properties: object };
      expect([path, Object.keys(properties)]).toEqual([path, expect.arrayContaining(['model', 'user', 'priority', 'request_id'])]);
    }
  });

  test('as a page has lines that reach this server, with a key where it asks for one', async () => {
    const request = new Request('https://models.example:8443/docs', { headers: { Authorization: 'Bearer k' } });
    const page = await (await createHandler(fakeModel(), withKeys)(request)).text();
    const lines = [...page.matchAll(/<pre>([^<]*)<\/pre>/g)].map(([, line]) =>
      line!.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(code)),
    );
    // As the shell reads them.
    const asked = lines.map((line) => {
      const script = `curl() { printf '%s\\n' "$@"; }; ROCKPOOL_API_KEY=k; ${line}`;
      return execFileSync('sh', ['-c', script], { encoding: 'utf8' }).trim().split('\n');
    });
    const of = (path: string) => asked.filter((words) => words.includes(`https://models.example:8443${path}`));
    expect(of('/ping')).toEqual([['https://models.example:8443/ping'], ['-X', 'POST', 'https://models.example:8443/ping']]);
    expect(of('/version')).toEqual([['https://models.example:8443/version', '-H', 'Authorization: Bearer k']]);
    expect(of('/v1/embeddings')[0]).toEqual([
      'https://models.example:8443/v1/embeddings',
      '-H',
      'Authorization: Bearer k',
      '-H',
      'Content-Type: application/json',
      '-d',
      '{"input":"Hello, my name is"}',
    ]);
    expect(asked.flat().join(' ')).not.toContain('localhost');
  });
});

describe('fields', () => {
  test.each([
    ['There is no head "a". LLM.load got: none.', 'There is no head "a". This model has: none.'],
    [
      'Its template takes no chatTemplateKwargs: pass one as `chatTemplate`.',
      'Its template takes no chat_template_kwargs: pass one as `chat_template`.',
    ],
  ])('are what an error speaks of, and not the options of the library: %s', async (message, told) => {
    const model = fakeModel({ embed: () => Promise.reject(new PoolingError('invalid-option', message)) });
    expect((await jsonOf<ErrorBody>(createHandler(model)(embed()))).message).toBe(told);
  });

  const handler = createHandler(scoring, { maxInputs: 1 });
  test.each([
    ['/score', { text_1: 'a', text_2: ['b', 'c'] }, 'text_2'],
    ['/score', { queries: ['a', 'b'], documents: 'c' }, 'queries'],
    ['/rerank', { query: 'a', documents: ['b', 'c'] }, 'documents'],
    ['/v2/embed', { texts: ['a', 'b'] }, 'texts'],
    ['/v1/embeddings', { input: ['a', 'b'] }, 'input'],
  ])('%s names the one that has too many inputs', async (path, body, param) => {
    const response = await handler(post(path, body));
    expect([response.status, (await jsonOf<ErrorBody>(response)).param]).toEqual([422, param]);
  });

  test.each([['/v1/embeddings'], ['/tokenize']])('%s takes a message without a text', async (path) => {
    const seen: unknown[] = [];
    const tokenized = { count: 1, max_model_len: 1, tokens: [1], token_strs: [] };
    const model = fakeModel({
      applyChatTemplate: async (given) => (seen.push(...given), 'said'),
      tokenize: async () => [tokenized as never],
    });
    const messages = [{ role: 'assistant', content: null, tool_calls: [{ id: 'c' }] }, { role: 'assistant' }];
    expect((await createHandler(model)(post(path, { messages }))).status).toBe(200);
    expect(seen).toMatchObject(messages.map(({ role }) => ({ role })));
  });

  const text = { role: 'user', content: ['a'] };
  const noText = { content: [{ type: 'text' }] };
  test.each([
    ['/tokenize', { messages: [text] }, 'the content of a message must be a string, or a list of parts, each an object with a type'],
    ['/score', { text_1: noText, text_2: 'a' }, 'text_1 has a text part without a text.'],
    ['/v1/embeddings', { input: 'a', dimensions: 2 }, '"fake" gives a vector for each token, and those have all their dimensions.'],
  ])('%s says what is wrong with %j', async (path, body, told) => {
    const response = await createHandler(fakeModel({ tasks: ['token_embed', 'score'] }))(post(path, body));
    expect([response.status, (await jsonOf<ErrorBody>(response)).message]).toEqual([400, told]);
  });

  test('of the input that are null are not set', async () => {
    const spoken: unknown[] = [];
    const chat = createHandler(fakeModel({ applyChatTemplate: async () => 'said', embed: async (given) => (spoken.push(given), []) }));
    const messages = [{ role: 'user', content: 'a' }];
    expect((await chat(post('/v1/embeddings', { input: null, messages }))).status).toBe(200);
    expect(spoken).toEqual([['said']]);
    for (const [path, body] of [
      ['/v1/embeddings', { input: null }],
      ['/tokenize', { prompt: null, messages: null }],
    ] as const) {
      const response = await chat(post(path, body));
      expect([response.status, (await jsonOf<ErrorBody>(response)).param]).toEqual([400, path === '/tokenize' ? 'prompt' : 'input']);
    }
  });

  test('of a side that are null are not set', async () => {
    expect((await handler(post('/score', { data_1: null, data_2: null, text_1: 'a', text_2: ['b'] }))).status).toBe(200);
  });

  test('input and messages are not both, empty or not', async () => {
    const classifier = createHandler(fakeModel({ tasks: ['classify'] }));
    const messages = [{ role: 'user', content: 'a' }];
    expect((await classifier(post('/classify', { input: [] }))).status).toBe(200);
    const both = await classifier(post('/classify', { input: [], messages }));
    expect([both.status, (await jsonOf<ErrorBody>(both)).message]).toEqual([400, 'Give `input` or `messages`, not both.']);
  });

  test('a body that is as it is may say so in any case', async () => {
    expect((await handler(embed({}, { 'Content-Encoding': 'Identity' }))).status).toBe(200);
    expect((await handler(embed({}, { 'Content-Encoding': 'gzip' }))).status).toBe(415);
  });
});

test('options that are null are refused by a code', () => {
  expect(() => createHandler(fakeModel(), null as never)).toThrow(expect.objectContaining({ code: 'invalid-option' }));
});
