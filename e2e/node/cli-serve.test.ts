/** `rockpool serve` as built, in Node, Deno and Bun: the vectors of llm.embed over HTTP, models of the hub, and clients that leave. */
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { LLM } from 'rockpool/edge';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { safetensors } from '../../src/files/safetensors-for-tests.ts';
import { killPrograms, rockpool, runtimes, start, tinyModel, type RuntimeName } from './cli-process.ts';
import { ask, long, metric, ROOM, send, serve, until } from './cli-server.ts';

const texts = ['The capital of France is Paris.', '', 'naïve 你好 🙂'];

let folder: string;
let model: string;
let remove = async (): Promise<void> => {};
let llm: LLM;

beforeAll(async () => {
  ({ folder, model, remove } = await tinyModel());
  llm = await LLM.load(model, { device: 'wasm', onLog: () => {} });
});

afterAll(async () => {
  killPrograms();
  await llm?.dispose();
  await remove();
});

const expectedVectors = async () => (await llm.embed(texts)).map(({ outputs }) => [...outputs.embedding]);

describe.each(Object.keys(runtimes) as RuntimeName[])('%s', { timeout: 120_000 }, (runtime) => {
  test('serves what llm.embed gives, under its names, for who has the key', async () => {
    const { url, child, ended, out, err } = await serve(
      runtime,
      model,
      '--served-model-name',
      'a',
      '2',
      '--api-key',
      'secret',
      '--no-self-check',
    );
    expect((await ask(url, '/v1/embeddings', { input: texts })).status).toBe(401);
    expect((await ask(url, '/health')).status).toBe(200);
    const key = { Authorization: 'Bearer secret' };
    for (const name of ['a', '2', undefined]) {
      const { status, body } = await ask(url, '/v1/embeddings', { input: texts, model: name }, key);
      expect(status).toBe(200);
      expect(body.data.map(({ embedding }: { embedding: number[] }) => embedding)).toEqual(await expectedVectors());
      // As vLLM: the first, whichever it was asked by.
      expect(body.model).toBe('a');
    }
    expect((await ask(url, '/v1/embeddings', { input: texts, model: 'tiny-bert' }, key)).status).toBe(404);
    expect((await ask(url, '/v1/models', undefined, key)).body.data.map(({ id }: { id: string }) => id)).toEqual(['a', '2']);
    child.kill('SIGTERM');
    expect(await ended).toEqual({ code: 0, signal: null });
    expect(out()).toBe('');
    expect(err()).toMatch(/names +a, 2/);
    expect(err()).toMatch(/device +wasm\n/);
    expect(err()).toMatch(/pooler +MEAN, normalized, from modules\.json/);
    expect(err()).toMatch(/INFO \S+ POST \/v1\/embeddings 200 [\d.]+ms \d+ tokens a \[\w+\]/);
    expect(err()).not.toContain('secret');
  });

  test('lets go of what a client that has left had asked for', async () => {
    const { url, child, ended } = await serve(runtime, model, ...ROOM);
    const stays = send(url, { input: long });
    const leaves = send(url, { input: [...long, ...long] });
    leaves.answer.catch(() => {});
    await until(async () => (await metric(url, 'num_requests_running')) === 2);
    leaves.sent.destroy();
    // They take turns: without the abort, there would be one when the shorter one is answered.
    await until(async () => (await metric(url, 'num_requests_running')) < 2);
    expect(await metric(url, 'request_success_total')).toBe(0);
    expect((await stays.answer).status).toBe(200);
    await until(async () => (await metric(url, 'num_requests_running')) === 0);
    child.kill('SIGTERM');
    expect((await ended).code).toBe(0);
  });
});

describe('Node', { timeout: 60_000 }, () => {
  test('takes a chat template for one model alone, and none for a model that is not there', async () => {
    const template = '{% for message in messages %}{{ message.content }}{% endfor %}';
    const reranker = join(import.meta.dirname, '../models/tiny-bert-reranker');
    const { url } = await serve('Node', `embed=${model}`, `rerank=${reranker}`, '--chat-template', `embed=${template}`);
    const messages = [{ role: 'user', content: 'a' }];
    expect((await ask(url, '/v1/embeddings', { model: 'embed', messages })).status).toBe(200);
    expect((await ask(url, '/score', { model: 'rerank', text_1: 'a', text_2: 'b' })).status).toBe(200);
    const { code, err } = await rockpool(['serve', model, '--port', '0', '--device', 'wasm', '--chat-template', `other=${template}`]);
    expect([code, err]).toEqual([2, expect.stringContaining('--chat-template: no model answers as "other", but: tiny-bert.')]);
  });

  test('gives a head to the model that it is for, beside one that can have none', async () => {
    const models = join(import.meta.dirname, '../../models');
    const head = `sections=${join(models, 'heads/debian-sections')}`;
    const two = [`rerank=${join(models, 'debian-reranker')}`, `embed=${join(models, 'all-MiniLM-L6-v2')}`] as const;
    const { url, child, ended } = await serve('Node', ...two, '--head', `embed:${head}`);
    const { status, body } = await ask(url, '/classify', { input: 'library of Haskell parsers', head: 'sections' });
    expect([status, body.model, body.data[0].label]).toEqual([200, 'embed', 'haskell']);
    child.kill('SIGTERM');
    expect((await ended).code).toBe(0);
    const { code, err } = await rockpool(['serve', ...two, '--port', '0', '--head', head]);
    expect([code, err]).toEqual([
      2,
      expect.stringMatching(/--head sections=.* is for one of the models. Say which: rerank:sections=.*, or embed:sections=/),
    ]);
  });

  test('gives heads by URL to models by URL and of the hub, whose token goes to the hub alone', async () => {
    const head = new Map<string, string | Uint8Array>([
      ['/head/head.json', JSON.stringify({ labels: ['a', 'b'] })],
      ['/head/head.safetensors', safetensors({ weight: { shape: [2, 32], values: Array.from({ length: 64 }, (_, i) => Math.sin(i)) } })],
    ]);
    const [hub, heads] = [
      await fileServer((path) => {
        const file = join(model, /^\/(?:acme\/tiny\/resolve\/main|url)\/(.+)$/.exec(path)?.[1] ?? 'none');
        return existsSync(file) ? readFileSync(file) : undefined;
      }),
      await fileServer((path) => head.get(path)),
    ];
    const ofHead = `ab=${heads.url}/head`;
    const flags = ['--hub', hub.url, '--hf-token', 'secret', '--dtype', 'fp32', '--download-dir', join(folder, 'heads-cache')];
    const { url, child, ended } = await serve(
      'Node',
      // First: what it has of the head is not asked for again.
      'acme/tiny',
      `${hub.url}/url`,
      ...flags,
      '--head',
      `${hub.url}/url:${ofHead}`,
      `acme/tiny:${ofHead}`,
    );
    for (const name of ['url', 'acme/tiny']) {
      const { status, body } = await ask(url, '/classify', { model: name, input: 'hello', head: 'ab' });
      expect([status, body.data?.[0].num_classes]).toEqual([200, 2]);
    }
    child.kill('SIGTERM');
    expect((await ended).code).toBe(0);
    expect(hub.asked.some((line) => line.startsWith('Bearer secret /acme/tiny/resolve/main/onnx/'))).toBe(true);
    expect(new Set(heads.asked)).toEqual(new Set([...head.keys()].map((path) => `undefined ${path}`)));
  });

  test('says which routes take no key, and how long a connection may be idle', async () => {
    const { url, err } = await serve('Node', model, '--api-key', 'k', '--open-metrics');
    expect(err()).toContain('one, asked for on all routes but /health, /ping and /metrics');
    const { status, headers } = await ask(url, '/metrics');
    // Connections are kept for longer than the minute after which balancers give them up.
    expect([status, headers.get('keep-alive')]).toEqual([200, 'timeout=65']);
  });

  test('a client that is still sending hears that its body is too large, and one that never ends is ended', async () => {
    const { url } = await serve('Node', model, '--max-body-bytes', '1000');
    for (let i = 0; i < 10; i++) expect((await ask(url, '/v1/embeddings', { input: 'x'.repeat(8 * 2 ** 20) })).status).toBe(413);

    const headers = { 'Content-Type': 'application/json', 'Transfer-Encoding': 'chunked', Connection: 'keep-alive' };
    const sent = httpRequest(`${url}/v1/embeddings`, { method: 'POST', headers, agent: false });
    const closed = new Promise<void>((resolve) => sent.on('close', resolve).on('error', () => {}));
    const sending = setInterval(() => sent.write('x'.repeat(2000)), 5);
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    expect(response.resume().statusCode).toBe(413);
    await closed;
    clearInterval(sending);
  });

  test('serves several models by name, each where it can', async () => {
    const reranker = join(import.meta.dirname, '../models/tiny-bert-reranker');
    const program = start([
      'serve',
      `embed=${model}`,
      `rerank=${reranker}`,
      '--port',
      '0',
      '--device',
      'wasm',
      '--log-format',
      'json',
      '--disable-log-requests',
    ]);
    const url = await program.printed(/"url":"([^"]+)"/);
    const { body } = await ask(url, '/v1/embeddings', { input: texts });
    expect([body.model, body.data[0].embedding]).toEqual(['embed', (await expectedVectors())[0]]);
    const pair = { query: 'a', documents: ['b', 'c'] };
    expect((await ask(url, '/rerank', { ...pair, model: 'rerank' })).body.results).toHaveLength(2);
    program.child.kill('SIGINT');
    expect((await program.ended).code).toBe(0);
    const lines = program
      .err()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { level: string; message: string });
    expect(lines.every(({ level }) => level === 'info')).toBe(true);
    expect(lines.filter(({ message }) => message.includes('/rerank'))).toEqual([]);
  });

  test('downloads a model of the hub once, at its revision, with its token, and keeps what a killed program had', async () => {
    const asked: string[] = [];
    let isBroken = true;
    const hub = createServer((request, response) => {
      asked.push(`${request.headers.authorization} ${request.url}`);
      const [, file] = /^\/acme\/tiny\/resolve\/v1\/(.+)$/.exec(request.url!) ?? [];
      const path = join(model, decodeURIComponent(file ?? 'none'));
      if (!existsSync(path)) return void response.writeHead(404).end();
      const bytes = readFileSync(path);
      response.writeHead(200, { ETag: '"1"', 'Content-Length': bytes.length });
      // The first program gets no weights to the end.
      if (file!.endsWith('.onnx') && isBroken) response.write(bytes.subarray(0, 1_000));
      else response.end(bytes);
    }).listen(0, '127.0.0.1');
    await once(hub, 'listening');
    const cache = join(folder, 'hub-cache');
    const args = [
      'acme/tiny',
      '--dtype',
      'fp32',
      '--revision',
      'v1',
      '--hf-token',
      'secret',
      '--hub',
      `http://127.0.0.1:${(hub.address() as AddressInfo).port}`,
    ];
    const cut = start(['serve', ...args, '--port', '0', '--device', 'wasm', '--download-dir', cache]);
    await until(async () => asked.some((line) => line.endsWith('.onnx')));
    cut.child.kill('SIGKILL');
    await cut.ended;
    isBroken = false;
    asked.length = 0;
    const embed = ['embed', ...args, '--device', 'wasm', '--download-dir', cache];
    const first = await rockpool(embed, { input: texts.join('\n') });
    expect([first.code, first.err]).toEqual([0, expect.stringContaining('acme/tiny: ')]);
    const vectors = first.out
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { embedding: number[] }).embedding);
    expect(vectors).toEqual(await expectedVectors());
    // What came whole the first time is not asked for again.
    expect(asked.filter((line) => line.endsWith('/config.json') && !line.includes('1_Pooling'))).toEqual([]);
    expect(asked.filter((line) => line.endsWith('.onnx'))).toEqual([
      expect.stringMatching(/^Bearer secret \/acme\/tiny\/resolve\/v1\/onnx\//),
    ]);
    asked.length = 0;
    hub.closeAllConnections();
    hub.close();
    // Without the network.
    expect((await rockpool(embed, { input: texts.join('\n') })).out).toBe(first.out);
  });

  test('takes the poolers and overrides of `vllm serve`, either way they are written', async () => {
    const { url, child, ended, err } = await serve(
      'Node',
      model,
      '--task',
      'embed',
      '--override_pooler_config',
      '{"pooling_type": "CLS", "normalize": false}',
      '--pooler-config.enable_chunked_processing',
      'true',
      '--hf_overrides',
      '{"matryoshka_dimensions":[16]}',
      '--max-model-len',
      '64',
      '--trust-remote-code',
      '--tensor-parallel-size',
      '1',
    );
    const [output] = await (
      await LLM.load(model, { device: 'wasm', onLog: () => {}, overridePoolerConfig: { pooling_type: 'CLS', normalize: false } })
    ).embed('hello');
    const { body } = await ask(url, '/v1/embeddings', { input: 'hello' });
    expect(body.data[0].embedding).toEqual([...output!.outputs.embedding]);
    expect((await ask(url, '/v1/embeddings', { input: 'hello', dimensions: 16 })).body.data[0].embedding).toHaveLength(16);
    expect((await ask(url, '/v1/embeddings', { input: 'hello '.repeat(100) })).status).toBe(200);
    expect((await ask(url, '/pooling', { input: 'hello', task: 'token_embed' })).status).toBe(400);
    child.kill('SIGTERM');
    expect((await ended).code).toBe(0);
    expect(err()).toContain('Without an effect here: --trust-remote-code, --tensor-parallel-size');
    expect(err()).toMatch(/pooler +CLS, not normalized, from override/);
    expect(err()).toMatch(/max_model_len +64; longer texts in chunks, of any length/);
  });
});

/** Closed with the process. `asked`: the key and the path of each request. */
async function fileServer(read: (path: string) => string | Uint8Array | undefined): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer(({ headers, url }, response) => {
    asked.push(`${headers.authorization} ${url}`);
    const bytes = read(decodeURIComponent(url!));
    if (bytes === undefined) return void response.writeHead(404).end();
    response.writeHead(200, { ETag: '"1"' }).end(bytes);
  }).listen(0, '127.0.0.1');
  server.unref();
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}
