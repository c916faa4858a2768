/** A server over `rockpool/remote`, in front of servers of each dialect: Cohere's default body is answered, and no answer says where they are. */
import { describe, expect, test } from 'vitest';
import { LLM, withFallback, type PoolingLLM, type RemoteOptions } from 'rockpool/remote';
import { createHandler, type LogRecord } from 'rockpool/server';
import { connect, keep } from './remote-connections.ts';
import { embeddingList, fakeServer, infinity, tei, textsIn, vectorOf, vllm, type Answering, type FakeServer } from './remote-server.ts';

const openai: Answering = ({ path, body }) => {
  if (path === '/v1/models') return { body: { data: [{ id: 'm', owned_by: 'somebody' }] } };
  return path === '/v1/embeddings' ? { body: embeddingList(textsIn(body)) } : undefined;
};
const servers: Readonly<Record<string, Answering>> = {
  vllm: vllm(),
  tei: tei({ embedding: { pooling: 'mean' } }),
  infinity: infinity('', ['embed']),
  openai,
};

async function gateway(dialect: string, more: Answering = () => undefined, options: RemoteOptions = {}) {
  const answer: Answering = async (...asked) => (await more(...asked)) ?? servers[dialect]!(...asked);
  const { llm, server } = await connect(answer, options);
  return { server, ...post(llm) };
}

function post(llm: PoolingLLM) {
  const logged: LogRecord[] = [];
  const handler = createHandler(llm, { onLog: (record) => logged.push(record) });
  const ask = async (path: string, body: object) => {
    const init = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
    const response = await handler(new Request(`http://gateway${path}`, init));
    return { status: response.status, text: await response.text(), headers: response.headers };
  };
  return { ask, logged };
}

const lastBody = ({ asked }: FakeServer) => asked.at(-1)!.body;

describe.each(Object.keys(servers))('Cohere’s embeddings in front of %s', (dialect) => {
  test.each([{}, { truncate: 'END' }, { truncate: 'NONE' }, { max_tokens: 100_000 }])('%j', async (more) => {
    const { ask } = await gateway(dialect);
    const { status, text } = await ask('/v2/embed', { texts: ['Hello'], ...more });
    // What cannot be known is refused, as on every route: how long a text such a server takes.
    if ('max_tokens' in more && ['infinity', 'openai'].includes(dialect)) return expect(status).toBe(400);
    expect([status, JSON.parse(text).embeddings]).toEqual([200, { float: [vectorOf('Hello')] }]);
  });
});

describe('What is asked of them', () => {
  test('is to cut, where they can be asked', async () => {
    const one = await gateway('tei');
    await one.ask('/v2/embed', { texts: ['Hello'] });
    expect(lastBody(one.server)).toEqual({ inputs: ['Hello'], truncate: true, truncation_direction: 'right' });
    await one.ask('/v2/embed', { texts: ['Hello'], truncate: 'START' });
    expect(lastBody(one.server)).toEqual({ inputs: ['Hello'], truncate: true, truncation_direction: 'left' });
    const other = await gateway('vllm');
    await other.ask('/v2/embed', { texts: ['Hello'] });
    expect(lastBody(other.server)).toMatchObject({ truncate_prompt_tokens: -1 });
    await other.ask('/v2/embed', { texts: ['Hello'], max_tokens: 7 });
    expect(lastBody(other.server)).toMatchObject({ truncate_prompt_tokens: 7 });
  });

  test('not to cut the start, where they cannot', async () => {
    for (const dialect of ['openai', 'infinity']) {
      const { ask } = await gateway(dialect);
      expect((await ask('/v2/embed', { texts: ['Hello'], truncate: 'START' })).status).toBe(400);
    }
  });
});

describe('No answer says where the server behind is', () => {
  const refusals: [string, Answering][] = [
    ['nothing wrong', () => undefined],
    ['a text refused', ({ method }) => (method === 'POST' ? { status: 400, body: { error: { message: 'no such thing' } } } : undefined)],
    ['no such route', ({ method }) => (method === 'POST' ? { status: 404, body: { detail: 'Not Found' } } : undefined)],
    ['a fault', ({ method }) => (method === 'POST' ? { status: 500, body: { error: { message: 'out of memory' } } } : undefined)],
    ['no key', ({ method }) => (method === 'POST' ? { status: 401, body: { error: 'Unauthorized' } } : undefined)],
    ['too many', ({ method }) => (method === 'POST' ? { status: 429, body: {} } : undefined)],
    [
      'places in its words',
      ({ method, headers }) =>
        method === 'POST' ? { status: 400, body: { error: { message: `http://${headers.host} has no /srv/models/x.json` } } } : undefined,
    ],
    ['nonsense', ({ method }) => (method === 'POST' ? { body: 'nonsense' } : undefined)],
    ['no answer', ({ method }) => (method === 'POST' ? 'drop' : undefined)],
  ];
  const requests: [string, object][] = [
    ['/v1/embeddings', { input: 'a' }],
    ['/v1/embeddings', { input: [1, 2], truncate_prompt_tokens: 3, dimensions: 2 }],
    ['/v2/embed', { texts: ['a'], truncate: 'START', max_tokens: 3 }],
    ['/v2/embed', { texts: ['a'], truncate: 'NONE', max_tokens: 3 }],
    ['/pooling', { input: 'a' }],
    ['/classify', { input: 'a', head: 'x' }],
    ['/score', { text_1: 'a', text_2: 'b', instruction: 'x' }],
    ['/rerank', { query: 'a', documents: ['b'] }],
    ['/tokenize', { prompt: 'a' }],
    ['/detokenize', { tokens: [1] }],
    ['/tokenize', { messages: [{ role: 'user', content: 'a' }] }],
  ];

  test.each(Object.keys(servers))('%s', async (dialect) => {
    for (const [what, more] of refusals) {
      const { ask, server, logged } = await gateway(dialect, more);
      for (const [path, body] of requests) {
        const { status, text } = await ask(path, body);
        expect(text).not.toContain(new URL(server.url).port);
        expect(text).not.toContain('/srv');
        // The log does.
        if (what === 'no answer' && status === 503) expect(logged.some(({ message }) => message.includes(server.url))).toBe(true);
      }
    }
  });

  test('nor of one of several, whatever the last of them says', async () => {
    const down = keep(await fakeServer(vllm(({ method }) => (method === 'POST' ? 'drop' : undefined))));
    const without = keep(await fakeServer(tei({ embedding: { pooling: 'mean' } })));
    const open = ({ url }: FakeServer) => LLM.connect(url, { maxRetries: 0, onLog: () => {} });
    const llm = keep(await withFallback([() => open(down), () => open(without)], { onFallback: () => {} }));
    const { status, text } = await post(llm).ask('/classify', { input: 'a' });
    expect([status, text.includes(new URL(down.url).port)]).toEqual([503, false]);
  });
});

describe('A fault of the server behind, or of how this one asks it, is none of the client’s', () => {
  const key = 'sk-very-secret';
  const refusing = (status: number): Answering =>
    vllm(({ method, headers }) =>
      method === 'POST' ? { status, body: { error: { message: `Incorrect API key provided: ${headers.authorization}` } } } : undefined,
    );

  test.each([401, 403])('%i is 503, which no client asks for again, and the log has the cause and not the key', async (refusal) => {
    const { llm, server } = await connect(refusing(refusal), { apiKey: key });
    const { ask, logged } = post(llm);
    const { status, text, headers } = await ask('/v1/embeddings', { input: 'a' });
    expect([status, JSON.parse(text).error.message]).toEqual([503, 'The server behind this one does not let it in.']);
    expect([headers.get('x-should-retry'), headers.get('Retry-After')]).toEqual(['false', null]);
    const cause = `vLLM 0.33.1 at ${server.url} answered /v1/embeddings with ${refusal}: Incorrect API key provided: [key]`;
    expect(logged[0]).toMatchObject({ level: 'error', message: cause });
    expect(JSON.stringify(logged)).not.toContain(key);
  });

  test('nor does a key of the URL get into the log, where the runtime repeats the URL', async () => {
    const fetchOf: typeof fetch = async (input, init) => {
      const url = String(input instanceof Request ? input.url : input);
      if (init?.method === 'POST') throw new TypeError(`error sending request for url (${url})`);
      return Response.json(url.includes('/v1/models') ? { data: [{ id: 'm', owned_by: 'vllm' }] } : { version: '0.33.1' });
    };
    const { ask, logged } = post(keep(await LLM.connect(`http://behind?key=${key}`, { fetch: fetchOf, maxRetries: 0, onLog: () => {} })));
    expect((await ask('/v1/embeddings', { input: 'a' })).status).toBe(503);
    expect(logged[0]!.message).toContain('error sending request for url (http://behind/v1/embeddings?key=[key])');
  });

  test('two models that are not the same are 503, and the log says which', async () => {
    let isUp = true;
    const first = keep(await fakeServer(vllm(({ method }) => (method === 'POST' && !isUp ? 'drop' : undefined))));
    const other: Answering = ({ path, body }) =>
      path === '/v1/embeddings' ? { body: embeddingList(textsIn(body), () => [1, 2, 3]) } : undefined;
    const second = keep(await fakeServer(vllm(other)));
    const open = ({ url }: FakeServer) => LLM.connect(url, { maxRetries: 0, onLog: () => {} });
    const llm = keep(await withFallback([() => open(first), () => open(second)], { onFallback: () => {} }));
    const { ask, logged } = post(llm);
    expect((await ask('/v1/embeddings', { input: 'a' })).status).toBe(200);
    isUp = false;
    const { status, text, headers } = await ask('/v1/embeddings', { input: 'a' });
    expect([status, JSON.parse(text).message]).toEqual([503, 'The models behind this server are not one and the same.']);
    expect(headers.get('x-should-retry')).toBe('false');
    expect(logged.find(({ level }) => level === 'error')?.message).toMatch(
      /^No model of withFallback could answer\. .*Model 1 of withFallback/,
    );
  });

  test('its words of a request are told, and its places are for the log alone', async () => {
    const message = "This model's maximum context length is 512 tokens. See http://10.0.0.7:8000/docs or /srv/models/x/config.json";
    const { ask, logged } = await gateway('vllm', ({ method }) => (method === 'POST' ? { status: 400, body: { message } } : undefined));
    const { status, text } = await ask('/v1/embeddings', { input: 'a' });
    expect([status, JSON.parse(text).message]).toEqual([
      400,
      "vLLM 0.33.1 answered /embeddings with 400: This model's maximum context length is 512 tokens. See [address] or [path]",
    ]);
    expect(logged[0]).toMatchObject({ level: 'warning', message: expect.stringContaining(message) });
    expect(logged).toHaveLength(2);
  });

  test('a model that is named by its folder there is no exception', async () => {
    const named: Answering = ({ path }) =>
      path === '/models' ? { body: { data: [{ id: '/srv/models/x', owned_by: 'infinity', capabilities: ['embed'] }] } } : undefined;
    const { ask } = await gateway('infinity', named);
    const { status, text } = await ask('/detokenize', { tokens: [1] });
    expect(status).toBe(400);
    expect(JSON.parse(text).message).toContain('"[path]" can be asked for: embed');
  });
});
