/** `rockpool serve` as built, in Node, Deno and Bun: the vectors of llm.embed over HTTP, models of the hub, clients that leave, and a stop that loses nothing. */
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, request as httpRequest, type ClientRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { LLM } from 'rockpool/edge';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { killPrograms, rockpool, runtimes, start, tinyModel, type Program, type RuntimeName } from './cli-process.ts';

const texts = ['The capital of France is Paris.', '', 'naïve 你好 🙂'];
/** A request of seconds on this model. */
const long = Array.from({ length: 2_000 }, (_, i) => `text number ${i} of very many and `.repeat(30));
const READY = /Ready on (http:\S+)/;

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

async function ask(
  url: string,
  path: string,
  body?: object,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: any; headers: Headers }> {
  const response = await fetch(url + path, {
    headers: { 'Content-Type': 'application/json', ...headers },
    ...(body && { method: 'POST', body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json');
  return { status: response.status, body: isJson ? JSON.parse(text) : text, headers: response.headers };
}

/** A value of /metrics; 0 of one that was not counted yet. */
async function metric(url: string, name: string): Promise<number> {
  const { body } = await ask(url, '/metrics');
  return Number(new RegExp(`^rockpool:${name}(?:{[^}]*})? (\\S+)$`, 'm').exec(body as string)?.[1] ?? 0);
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** A request that can be cut off, and what came of it. */
function send(url: string, body: object): { sent: ClientRequest; answer: Promise<{ status: number; text: string }> } {
  const sent = httpRequest(`${url}/v1/embeddings`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, agent: false });
  sent.end(JSON.stringify(body));
  const answer = once(sent, 'response').then(async ([response]) => {
    let text = '';
    for await (const piece of response) text += piece;
    return { status: response.statusCode as number, text };
  });
  return { sent, answer };
}

const ROOM = ['--max-tokens', '10M', '--max-body-bytes', '64M', '--max-inputs', '10k'];

/** Ready on a port of its own. */
async function serve(runtime: RuntimeName, ...flags: string[]): Promise<Program & { url: string }> {
  const program = start(['serve', model, '--port', '0', '--device', 'wasm', ...flags], { runtime });
  return { ...program, url: await program.printed(READY) };
}

const expectedVectors = async () => (await llm.embed(texts)).map(({ outputs }) => [...outputs.embedding]);

describe.each(Object.keys(runtimes) as RuntimeName[])('%s', { timeout: 120_000 }, (runtime) => {
  test('serves what llm.embed gives, under its names, for who has the key', async () => {
    const { url, child, ended, out, err } = await serve(runtime, '--served-model-name', 'a', 'b', '--api-key', 'secret', '--no-self-check');
    expect((await ask(url, '/v1/embeddings', { input: texts })).status).toBe(401);
    expect((await ask(url, '/health')).status).toBe(200);
    const key = { Authorization: 'Bearer secret' };
    for (const name of ['a', 'b', undefined]) {
      const { status, body } = await ask(url, '/v1/embeddings', { input: texts, model: name }, key);
      expect(status).toBe(200);
      expect(body.data.map(({ embedding }: { embedding: number[] }) => embedding)).toEqual(await expectedVectors());
      // As vLLM: the first, whichever it was asked by.
      expect(body.model).toBe('a');
    }
    expect((await ask(url, '/v1/embeddings', { input: texts, model: 'tiny-bert' }, key)).status).toBe(404);
    expect((await ask(url, '/v1/models', undefined, key)).body.data.map(({ id }: { id: string }) => id)).toEqual(['a', 'b']);
    child.kill('SIGTERM');
    expect(await ended).toEqual({ code: 0, signal: null });
    expect(out()).toBe('');
    expect(err()).toMatch(/names +a, b/);
    expect(err()).toMatch(/device +wasm/);
    expect(err()).toMatch(/pooler +MEAN, normalized, from modules\.json/);
    expect(err()).toMatch(/INFO \S+ POST \/v1\/embeddings 200 [\d.]+ms \d+ tokens a \[\w+\]/);
    expect(err()).not.toContain('secret');
  });

  test('lets go of what a client that has left had asked for', async () => {
    const { url, child, ended } = await serve(runtime, ...ROOM);
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

  test('answers what is under way when it is told to stop, and nothing new', async () => {
    const { url, child, ended, err, printed } = await serve(runtime, ...ROOM);
    const before = send(url, { input: long });
    await until(async () => (await metric(url, 'num_requests_running')) === 1);
    child.kill('SIGTERM');
    await printed(/(SIGTERM: answering the requests under way)/);
    const late = await ask(url, '/v1/embeddings', { input: 'too late' });
    expect(late.status).toBe(503);
    expect(late.headers.get('connection')).toBe('close');
    expect((await ask(url, '/health')).status).toBe(503);
    const { status, text } = await before.answer;
    expect(status).toBe(200);
    expect(JSON.parse(text).data).toHaveLength(long.length);
    expect(await ended).toEqual({ code: 0, signal: null });
    expect(err()).toContain('Stopped.');
  });
});

describe('Node', { timeout: 60_000 }, () => {
  test('ends at once when it is told a second time', async () => {
    const { url, child, ended } = await serve('Node', ...ROOM);
    const { answer } = send(url, { input: long });
    answer.catch(() => {});
    await until(async () => (await metric(url, 'num_requests_running')) === 1);
    child.kill('SIGTERM');
    await until(async () => (await ask(url, '/health')).status === 503);
    child.kill('SIGINT');
    expect(await ended).toEqual({ code: 130, signal: null });
    await expect(answer).rejects.toThrow();
  });

  test('ends at once while it loads, and answers 503 until then', async () => {
    // A server that has no end to its first file.
    const stuck = createServer((_, response) => void response.writeHead(200).write('{'));
    stuck.listen(0, '127.0.0.1');
    await once(stuck, 'listening');
    const port = await freePort();
    const program = start(['serve', `http://127.0.0.1:${(stuck.address() as AddressInfo).port}/model`, '--port', String(port)]);
    await until(() =>
      fetch(`http://127.0.0.1:${port}/health`).then(
        ({ status }) => status === 503,
        () => false,
      ),
    );
    program.child.kill('SIGTERM');
    expect(await program.ended).toEqual({ code: 143, signal: null });
    stuck.closeAllConnections();
    stuck.close();
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

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
