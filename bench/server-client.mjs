/** A rockpool server in a process of its own, and a client that times each request to it. What bench/server.mjs and server-soak.mjs share. */
import { fork } from 'node:child_process';
import { Agent, request as httpRequest } from 'node:http';
import { join } from 'node:path';

const program = join(import.meta.dirname, '../e2e/clients/serve.mjs');

/** `models` and `options` as e2e/clients/serve.mjs takes them. */
export async function startServer(models, { options = {}, execArgv = [] } = {}) {
  const child = fork(program, [JSON.stringify({ models, options })], { execArgv, stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  const ended = new Promise((resolve) => child.on('close', resolve));
  const url = await new Promise((resolve, reject) => {
    child.stdout.setEncoding('utf8').once('data', (text) => resolve(text.trim()));
    void ended.then((code) => reject(new Error(`The server ended with ${code}.`)));
  });
  return {
    url,
    /** Bytes, once its garbage is collected if it was started with --expose-gc. */
    memory: () =>
      new Promise((resolve) => {
        child.once('message', resolve);
        child.send('memory');
      }),
    async stop() {
      child.kill();
      if ((await ended) !== 0) throw new Error('The server did not end well.');
    },
  };
}

/** `sockets`: connections that are kept open at most. */
export function clientOf(url, sockets) {
  const agent = new Agent({ keepAlive: true, maxSockets: sockets });
  /** -> { status, ms, body, timing }, where `timing` is what the server says of itself, in milliseconds; null if no engine was asked. */
  const ask = (path, body) =>
    new Promise((resolve, reject) => {
      const payload = body && Buffer.from(JSON.stringify(body));
      const headers = payload ? { 'Content-Type': 'application/json', 'Content-Length': payload.length } : {};
      const begin = performance.now();
      const request = httpRequest(`${url}${path}`, { agent, method: payload ? 'POST' : 'GET', headers }, (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const ms = performance.now() - begin;
          resolve({ status: response.statusCode, ms, body: Buffer.concat(chunks), timing: timingOf(response.headers['server-timing']) });
        });
      });
      request.on('error', reject);
      request.end(payload);
    });
  return { ask, close: () => agent.destroy() };
}

/** `engine`: its queue included. */
function timingOf(header) {
  if (header === undefined) return null;
  const { total, ...stages } = Object.fromEntries([...header.matchAll(/(\w+);dur=([\d.]+)/g)].map(([, name, ms]) => [name, Number(ms)]));
  return { engine: Object.values(stages).reduce((sum, ms) => sum + ms, 0), server: total };
}

/** Requests of every kind, in turn, over three tiny models. */
export const tinyModels = {
  embedder: { folder: 'e2e/models/tiny-bert-poolings' },
  reranker: { folder: 'e2e/models/tiny-bert-reranker' },
  classifier: { folder: 'e2e/models/tiny-bert-classifier' },
};

export function mixedRequest(i) {
  const words = (seed, count) => Array.from({ length: count }, (_, k) => WORDS[(seed * 7 + k * k + 3 * k) % WORDS.length]).join(' ');
  const some = Array.from({ length: 1 + (i % 5) }, (_, k) => words(i + k, 1 + ((i * 5 + k * 11) % 40)));
  const kinds = [
    ['/v1/embeddings', { model: 'embedder', input: words(i, 1 + (i % 60)) }],
    ['/v1/embeddings', { model: 'embedder', input: some, encoding_format: 'base64' }],
    ['/v1/embeddings', { model: 'embedder', input: some, encoding_format: 'bytes' }],
    ['/classify', { model: 'classifier', input: some }],
    ['/rerank', { model: 'reranker', query: words(i, 5), documents: some }],
    ['/v1/score', { model: 'reranker', text_1: words(i, 5), text_2: some }],
    ['/pooling', { model: 'embedder', input: words(i, 6), task: 'token_embed' }],
    ['/v2/embed', { model: 'embedder', texts: some, embedding_types: ['float', 'ubinary'] }],
    ['/tokenize', { model: 'classifier', prompt: words(i, 20) }],
  ];
  return kinds[i % kinds.length];
}

const WORDS =
  'the capital of France is Paris and that of Brazil is Brasilia where horses eat grass in naïve 你好 🙂 Straße unbelievable'.split(' ');
