/**
 * OpenAI's own client for Node, unmodified, against a running server: its vectors, its errors, its retries and timeouts; and with
 * `llm.fetch`, with none.
 */
import OpenAI, {
  APIConnectionTimeoutError,
  APIError,
  APIUserAbortError,
  AuthenticationError,
  BadRequestError,
  NotFoundError,
  RateLimitError,
} from 'openai';
import { LLM } from 'rockpool/edge';
import { createHandler, type PoolingModel } from 'rockpool/server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectOracle, texts } from './oracle-texts.ts';
import { bitsOf, gated, listen, miniLmFolder, post, serveModels, serverLoad, until, type Running } from './server-process.ts';
import { load } from './tiny-model.ts';

const model = 'all-MiniLM-L6-v2';
const KEY = 'sk-of-the-test';
let server: Running;
let openai: OpenAI;

beforeAll(async () => {
  server = await serveModels(
    {
      [model]: { folder: `models/${model}` },
      matryoshka: { folder: `models/${model}`, load: { hfOverrides: { is_matryoshka: true } } },
    },
    { apiKeys: [KEY] },
  );
  openai = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: KEY, maxRetries: 0 });
}, 60_000);
afterAll(() => server.stop());

const error = (call: Promise<unknown>) =>
  call.then(
    () => expect.fail('It was answered.'),
    (reason: unknown) => reason,
  );

describe('Embeddings', () => {
  test('by default, which is base64, are those of Sentence-Transformers', async () => {
    const { data, usage, object, model: name } = await openai.embeddings.create({ model, input: texts });
    await expectOracle(
      data.map(({ embedding }) => embedding),
      'minilm-w8',
    );
    expect(data.map(({ index }) => index)).toEqual(texts.map((_, i) => i));
    expect({ object, name }).toEqual({ object: 'list', name: model });
    expect(usage.prompt_tokens).toBeGreaterThan(texts.length);
    expect(usage.total_tokens).toBe(usage.prompt_tokens);
  });

  test('are the same bits by default, as float, as base64 and as bytes', async () => {
    const inDefault = await openai.embeddings.create({ model, input: texts });
    const inFloat = await openai.embeddings.create({ model, input: texts, encoding_format: 'float' });
    const inBase64 = await openai.embeddings.create({ model, input: texts, encoding_format: 'base64' });
    const response = await post(
      `${server.url}/v1/embeddings`,
      { model, input: texts, encoding_format: 'bytes' },
      { headers: { Authorization: `Bearer ${KEY}` } },
    );
    const bytes = await response.arrayBuffer();
    const { data } = JSON.parse(response.headers.get('metadata')!) as { data: { start: number; end: number; shape: number[] }[] };
    const bits = data.map(({ start, end, shape }) => {
      expect(shape).toEqual([384]);
      return bitsOf(new Float32Array(bytes.slice(start, end)));
    });
    expect(new Set(bits).size).toBe(texts.length);
    expect(inFloat.data.map(({ embedding }) => bitsOf(Float32Array.from(embedding)))).toEqual(bits);
    expect(inDefault.data.map(({ embedding }) => bitsOf(Float32Array.from(embedding)))).toEqual(bits);
    const ofBase64 = (text: unknown) => new Float32Array(Uint8Array.from(Buffer.from(text as string, 'base64')).buffer);
    expect(inBase64.data.map(({ embedding }) => bitsOf(ofBase64(embedding)))).toEqual(bits);
    // Numbers of JSON are doubles: none of them may have lost or gained a digit on the way.
    expect(inFloat.data.flatMap(({ embedding }) => embedding).every((value) => Math.fround(value) === value)).toBe(true);
  });

  test('of one text, of token ids and of lists of token ids', async () => {
    const [ofText, ofIds, ofLists] = await Promise.all([
      openai.embeddings.create({ model, input: 'Hello, my name is' }),
      openai.embeddings.create({ model, input: [101, 7592, 1010, 2026, 2171, 2003, 102] }),
      openai.embeddings.create({
        model,
        input: [
          [101, 7592, 1010, 2026, 2171, 2003, 102],
          [101, 102],
        ],
      }),
    ]);
    expect(ofText.usage.prompt_tokens).toBe(7);
    expect(ofIds.data[0]!.embedding).toEqual(ofText.data[0]!.embedding);
    expect(ofLists.data).toHaveLength(2);
    const cosine = ofLists.data[0]!.embedding.reduce((sum, value, i) => sum + value * ofText.data[0]!.embedding[i]!, 0);
    expect(cosine).toBeGreaterThan(0.99999);
  });

  test('of fewer dimensions are cut and have unit length', async () => {
    const { data: whole } = await openai.embeddings.create({ model: 'matryoshka', input: 'hello' });
    const { data: cut } = await openai.embeddings.create({ model: 'matryoshka', input: 'hello', dimensions: 64 });
    const first = whole[0]!.embedding.slice(0, 64);
    const norm = Math.hypot(...first);
    expect(cut[0]!.embedding).toHaveLength(64);
    expect(Math.max(...cut[0]!.embedding.map((value, i) => Math.abs(value - first[i]! / norm)))).toBeLessThan(1e-6);
  });
});

describe('Models and ids', () => {
  test('are listed, and the request has its id', async () => {
    const names: string[] = [];
    for await (const { id } of openai.models.list()) names.push(id);
    expect(names).toEqual([model, 'matryoshka']);
    const given = await openai.embeddings.create({ model, input: 'a' }, { headers: { 'X-Request-Id': 'my-own' } }).withResponse();
    expect(given.request_id).toBe('my-own');
    const random = await openai.embeddings.create({ model, input: 'a' }).withResponse();
    expect(random.request_id).toMatch(/^[0-9a-f]{32}$/);
  });
});

describe('Errors', () => {
  test('are BadRequestError, with the words of vLLM', async () => {
    const reason = (await error(openai.embeddings.create({ model, input: 'a', dimensions: 32 }))) as BadRequestError;
    expect(reason).toBeInstanceOf(BadRequestError);
    expect(reason).toMatchObject({ status: 400, code: 400, type: 'BadRequestError' });
    expect(reason.message).toBe(
      `400 Model "${model}" does not support matryoshka representation, changing output dimensions will lead to poor results.`,
    );
    const long = (await error(openai.embeddings.create({ model, input: 'word '.repeat(300) }))) as BadRequestError;
    expect(long).toBeInstanceOf(BadRequestError);
    expect(long.message).toContain('Please reduce the length of the input.');
    const empty = (await error(openai.embeddings.create({ model, input: [] }))) as BadRequestError;
    expect(empty).toBeInstanceOf(BadRequestError);
    expect(empty.message).toContain('please provide at least one prompt');
  });

  test('are NotFoundError for a model and for a path that are not there', async () => {
    const noModel = (await error(openai.embeddings.create({ model: 'gpt-9', input: 'a' }))) as NotFoundError;
    expect(noModel).toBeInstanceOf(NotFoundError);
    expect(noModel).toMatchObject({ message: '404 The model `gpt-9` does not exist.', type: 'NotFoundError', code: 404 });
    expect(await error(openai.chat.completions.create({ model, messages: [] }))).toBeInstanceOf(NotFoundError);
  });

  test('are AuthenticationError for a key that is not the server’s', async () => {
    const stranger = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: `${KEY}x`, maxRetries: 0 });
    const reason = (await error(stranger.embeddings.create({ model, input: 'a' }))) as AuthenticationError;
    expect(reason).toBeInstanceOf(AuthenticationError);
    expect(reason.message).toBe('401 Unauthorized');
  });
});

describe('A server that is busy', () => {
  /** A server of one place whose model waits at a gate, and how many requests have come to it. */
  async function busy(options: Parameters<typeof createHandler>[1] = {}) {
    const llm = await load('tiny-qwen3-embed');
    const { model: slow, gate } = gated(llm);
    const handler = createHandler(slow as PoolingModel, { maxConcurrentRequests: 1, maxQueueLength: 0, ...options });
    const times: number[] = [];
    const { url, stop } = await listen((request) => {
      if (request.method === 'POST') times.push(performance.now());
      return handler(request);
    });
    const client = (settings: ConstructorParameters<typeof OpenAI>[0] = {}) =>
      new OpenAI({ baseURL: `${url}/v1`, apiKey: '-', maxRetries: 0, ...settings });
    const close = async () => {
      await stop();
      await llm.dispose();
    };
    return { client, gate, times, url, close };
  }
  const ask = { model: 'tiny-qwen3-embed', input: 'a' };

  test('is asked again after Retry-After, and then it answers', async () => {
    const { client, gate, times, close } = await busy();
    const first = client().embeddings.create(ask);
    await until(() => gate.entered.length === 1);
    expect(await error(client().embeddings.create(ask))).toBeInstanceOf(RateLimitError);
    const patient = client({ maxRetries: 3 }).embeddings.create(ask);
    await until(() => times.length === 3);
    gate.open();
    expect((await first).data[0]!.embedding).toEqual((await patient).data[0]!.embedding);
    // The third was turned away, the fourth is the same again.
    expect(times).toHaveLength(4);
    expect(times[3]! - times[2]!).toBeGreaterThan(900);
    await close();
  });

  test.each([
    ['a timeout', { timeout: 200 }, undefined, APIConnectionTimeoutError],
    ['an abort', {}, 200, APIUserAbortError],
  ] as const)('gives the place back of a request that its client has left by %s', async (_, settings, ms, kind) => {
    const { client, gate, url, close } = await busy();
    const signal = ms === undefined ? undefined : AbortSignal.timeout(ms);
    expect(await error(client(settings).embeddings.create(ask, { signal }))).toBeInstanceOf(kind);
    await until(async () => (await serverLoad(url)) === 0);
    expect(gate.entered).toHaveLength(1);
    gate.open();
    expect((await client().embeddings.create(ask)).data).toHaveLength(1);
    await close();
  });

  test('ends a request that is late itself, and is not asked the same again', async () => {
    const { client, gate, times, url, close } = await busy({ requestTimeout: 150 });
    const reason = (await error(client({ maxRetries: 2 }).embeddings.create(ask))) as APIError;
    expect(reason).toBeInstanceOf(APIError);
    expect(reason).toMatchObject({ status: 408, message: '408 The request was not answered within 0.15 s.' });
    expect(times).toHaveLength(1);
    expect(await serverLoad(url)).toBe(0);
    gate.open();
    expect((await client().embeddings.create(ask)).data).toHaveLength(1);
    await close();
  });
});

describe('With fetch: llm.fetch', () => {
  let llm: LLM;
  beforeAll(async () => {
    llm = await LLM.load(miniLmFolder, { onLog: () => {} });
  }, 60_000);
  afterAll(() => llm.dispose());

  test('the client gets the same bits from the model itself, and the same errors', async () => {
    const local = new OpenAI({ baseURL: 'http://local/v1', apiKey: '-', maxRetries: 0, fetch: llm.fetch });
    const [here, there] = await Promise.all([local, openai].map((client) => client.embeddings.create({ model, input: texts })));
    expect(here!.data).toEqual(there!.data);
    expect(here!.usage).toEqual(there!.usage);
    const reason = (await error(local.embeddings.create({ model, input: 'a', dimensions: 32 }))) as BadRequestError;
    expect(reason).toBeInstanceOf(BadRequestError);
    expect(reason.message).toContain('does not support matryoshka representation');
    expect(await error(local.embeddings.create({ model: 'other', input: 'a' }))).toBeInstanceOf(NotFoundError);
  });

  test('a client that leaves is told so at once', async () => {
    const local = new OpenAI({ baseURL: 'http://local/v1', apiKey: '-', maxRetries: 0, fetch: llm.fetch });
    const leaving = AbortSignal.timeout(30);
    const begin = performance.now();
    expect(await error(local.embeddings.create({ model, input: Array(200).fill(texts[3]) }, { signal: leaving }))).toBeInstanceOf(
      APIUserAbortError,
    );
    expect(performance.now() - begin).toBeLessThan(3_000);
    expect((await local.embeddings.create({ model, input: 'a' })).data).toHaveLength(1);
  });
});
