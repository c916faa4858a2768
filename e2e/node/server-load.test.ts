/** Many requests at once over real sockets: none lost, none wrong, none that hangs. */
import { Agent, request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { post, serveModels, serverLoad, until, type Running } from './server-process.ts';
import { randomFrom, wordsFrom } from './tiny-model.ts';

/** Printed with a failure: put it here to see it again. */
const seed = Date.now() % 1e6;

interface Ask {
  path: string;
  body: Record<string, unknown>;
}

interface Answered {
  status: number;
  /** The id that the request was given. */
  id: string | undefined;
  /** What the body says, without what is another each time. */
  values: unknown;
  ms: number;
  /** By its Server-Timing: milliseconds in the engine, its queue included, and in the server as a whole. Null: no engine was asked, or none told. */
  timing: { engine: number; server: number } | null;
}

/** As many sockets as requests. */
const agent = new Agent({ keepAlive: true, maxSockets: Infinity });
afterAll(() => agent.destroy());

function send(url: string, { path, body }: Ask, id: string): Promise<Answered> {
  const begin = performance.now();
  return new Promise((resolve, reject) => {
    const headers = { 'Content-Type': 'application/json', 'X-Request-Id': id };
    const request = httpRequest(`${url}${path}`, { agent, method: 'POST', headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const values = valuesOf(Buffer.concat(chunks), response.headers['content-type'] ?? '');
        const given = response.headers['x-request-id'] as string | undefined;
        const timing = timingOf(response.headers['server-timing'] as string | undefined);
        resolve({ status: response.statusCode!, id: given, values, ms: performance.now() - begin, timing });
      });
    });
    request.on('error', reject);
    request.end(JSON.stringify(body));
  });
}

function timingOf(header: string | undefined): Answered['timing'] {
  if (header === undefined) return null;
  const { total, ...stages } = Object.fromEntries([...header.matchAll(/(\w+);dur=([\d.]+)/g)].map(([, name, ms]) => [name!, Number(ms)]));
  return { engine: Object.values(stages).reduce((sum, ms) => sum + ms, 0), server: total! };
}

function valuesOf(bytes: Buffer, type: string): unknown {
  if (type === 'application/octet-stream') return [...new Float32Array(Uint8Array.from(bytes).buffer)];
  const { id: _id, created: _created, ...rest } = JSON.parse(bytes.toString()) as Record<string, unknown>;
  // Equal scores may change places by their last digit.
  if (Array.isArray(rest['results'])) (rest['results'] as { index: number }[]).sort((a, b) => a.index - b.index);
  return rest;
}

/** The largest difference of numbers at the same place; infinite if anything else differs. */
function difference(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return Math.abs(a - b) / Math.max(1, Math.abs(b));
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b ? 0 : Infinity;
  const [left, right] = [Object.entries(a), Object.entries(b)];
  if (left.length !== right.length) return Infinity;
  return left.reduce((most, [key, value], i) => (right[i]![0] === key ? Math.max(most, difference(value, right[i]![1])) : Infinity), 0);
}

/** base64 as numbers: its text has no "nearly equal". */
function decoded(values: unknown): unknown {
  const { data } = values as { data?: { embedding: unknown }[] };
  if (!Array.isArray(data)) return values;
  const ofBase64 = (text: string) => [...new Float32Array(Uint8Array.from(Buffer.from(text, 'base64')).buffer)];
  return {
    ...(values as object),
    data: data.map((item) => (typeof item.embedding === 'string' ? { ...item, embedding: ofBase64(item.embedding) } : item)),
  };
}

/** Requests of every kind, of one text and of many, short and long. */
function mixed(random: () => number, count: number): Ask[] {
  const text = (most: number) => wordsFrom(random, 1 + Math.floor(random() ** 2 * most));
  const some = (most: number) => Array.from({ length: 1 + Math.floor(random() * 6) }, () => text(most));
  const kinds: (() => Ask)[] = [
    () => ({ path: '/v1/embeddings', body: { model: 'embedder', input: text(60), encoding_format: 'float' } }),
    () => ({ path: '/v1/embeddings', body: { model: 'embedder', input: some(30), encoding_format: 'base64' } }),
    () => ({ path: '/v1/embeddings', body: { model: 'embedder', input: some(30), encoding_format: 'bytes_only' } }),
    () => ({ path: '/v1/embeddings', body: { model: 'embedder', input: text(40), dimensions: 16, priority: Math.floor(random() * 3) } }),
    () => ({ path: '/classify', body: { model: 'classifier', input: some(20) } }),
    () => ({ path: '/rerank', body: { model: 'reranker', query: text(6), documents: some(20) } }),
    () => ({ path: '/v1/score', body: { model: 'reranker', text_1: text(6), text_2: text(20), use_activation: random() < 0.5 } }),
    () => ({ path: '/score', body: { model: 'embedder', queries: text(6), documents: some(20) } }),
    () => ({ path: '/pooling', body: { model: 'embedder', input: text(8), task: 'token_embed' } }),
    () => ({ path: '/v2/embed', body: { model: 'embedder', texts: some(10), embedding_types: ['float'] } }),
    () => ({ path: '/tokenize', body: { model: 'classifier', prompt: text(20), return_token_strs: true } }),
    () => ({ path: '/v1/embeddings', body: { model: 'classifier', input: 'not an embedder' } }),
  ];
  return Array.from({ length: count }, (_, i) => kinds[i % kinds.length]!());
}

const percentile = (sorted: readonly number[], share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;

describe('1,000 requests at once', () => {
  const REQUESTS = 1_000;
  let server: Running;
  beforeAll(async () => {
    server = await serveModels({
      embedder: { folder: 'e2e/models/tiny-bert-poolings', load: { hfOverrides: { matryoshka_dimensions: [16] } } },
      reranker: { folder: 'e2e/models/tiny-bert-reranker' },
      classifier: { folder: 'e2e/models/tiny-bert-classifier' },
    });
  }, 60_000);
  afterAll(() => server.stop());

  test('are all answered, each with its own and the same answer that it gets alone', { timeout: 120_000 }, async () => {
    const random = randomFrom(seed);
    const asks = mixed(random, 240);
    const alone: Answered[] = [];
    for (const [i, ask] of asks.entries()) alone.push(await send(server.url, ask, `alone-${i}`));
    expect(new Set(alone.map(({ status }) => status))).toEqual(new Set([200, 400]));

    const picks = Array.from({ length: REQUESTS }, () => Math.floor(random() * asks.length));
    const begin = performance.now();
    const answers = await Promise.all(picks.map((pick, i) => send(server.url, asks[pick]!, `together-${i}`)));
    const seconds = (performance.now() - begin) / 1000;

    let worst = 0;
    answers.forEach(({ status, id, values }, i) => {
      const pick = picks[i]!;
      const where = `seed ${seed}, request ${i}: ${JSON.stringify(asks[pick])}`;
      expect(id, where).toBe(`together-${i}`);
      expect(status, where).toBe(alone[pick]!.status);
      const off = difference(decoded(values), decoded(alone[pick]!.values));
      expect(off, where).toBeLessThan(1e-5);
      worst = Math.max(worst, off);
    });
    expect(await serverLoad(server.url)).toBe(0);
    const spread = (values: number[], digits: number) => {
      const sorted = values.sort((a, b) => a - b);
      return [0.5, 0.95, 0.99].map((share) => percentile(sorted, share).toFixed(digits)).join(', ');
    };
    const timed = (of: Answered[], over: (timing: NonNullable<Answered['timing']>, ms: number) => number) =>
      of.flatMap(({ timing, ms }) => (timing ? [over(timing, ms)] : []));
    console.log(
      [
        `${REQUESTS} requests at once in ${seconds.toFixed(1)} s; worst difference ${worst.toExponential(1)}; seed ${seed}. p50, p95, p99 in ms:`,
        `  a request: ${spread(
          answers.map(({ ms }) => ms),
          0,
        )}`,
        `  of it in the server and not in the engine: ${spread(
          timed(answers, ({ engine, server: all }) => all - engine),
          2,
        )}`,
        `  alone, seen by the client, over the engine's own time: ${spread(
          timed(alone, ({ engine }, ms) => ms - engine),
          2,
        )}`,
      ].join('\n'),
    );
  });

  test('from clients of whom every third leaves: the others are answered', async () => {
    const random = randomFrom(seed + 1);
    const asks = mixed(random, 120).filter(({ body }) => body['input'] !== 'not an embedder');
    const outcomes = await Promise.all(
      Array.from({ length: 300 }, async (_, i) => {
        const { path, body } = asks[i % asks.length]!;
        const signal = i % 3 === 0 ? AbortSignal.timeout(Math.floor(random() * 100)) : undefined;
        try {
          const response = await post(`${server.url}${path}`, body, signal ? { signal } : {});
          await response.arrayBuffer();
          return response.status;
        } catch (error) {
          return (error as Error).name;
        }
      }),
    );
    for (const [i, outcome] of outcomes.entries()) {
      if (i % 3 === 0) expect([200, 'TimeoutError']).toContain(outcome);
      else expect(outcome, `seed ${seed}, request ${i}`).toBe(200);
    }
    await until(async () => (await serverLoad(server.url)) === 0);
  });
});
