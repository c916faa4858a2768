/**
 * 20,000 random and mutated requests: never a status of 500 or more, never a rejection, never a hang, and every refusal an error that
 * clients can read.
 */
import fc from 'fast-check';
import type { LLM } from 'rockpool/edge';
import { createHandler, type Handler } from 'rockpool/server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { KEY, request, type Sent } from './server-fuzz-requests.ts';
import { load } from './tiny-model.ts';

/** Sent at once, as they would come: a fault in one must not reach its neighbours. */
const AT_ONCE = 20;
/** More of them find more: ROCKPOOL_FUZZ=1000000 npx vitest run e2e/node/server-fuzz.test.ts */
const REQUESTS = Number(process.env['ROCKPOOL_FUZZ'] ?? 20_000);
/** Milliseconds for a group. */
const HANG = 30_000;

let models: readonly LLM[] = [];
let servers: { plain: Handler; open: Handler };

beforeAll(async () => {
  const yesOrNo = { architectures: ['Qwen3ForSequenceClassification'], is_original_qwen3_reranker: true };
  const chunked = { normalize: true, enable_chunked_processing: true, max_embed_len: 1_000 };
  const loaded = {
    embed: load('tiny-bert-poolings', { hfOverrides: { matryoshka_dimensions: [16, 8] } }),
    classify: load('tiny-bert-classifier'),
    rerank: load('tiny-bert-reranker'),
    tokens: load('tiny-roberta-token-classifier'),
    decoder: load('tiny-qwen3-embed'),
    chunked: load('tiny-bert-dense', { overridePoolerConfig: chunked }),
    adapters: load('tiny-jina-v3'),
    late: load('tiny-colbert'),
    steps: load('tiny-qwen2-prm', { overridePoolerConfig: { pooling_type: 'STEP', step_tag_id: 3 } }),
    generative: load('tiny-qwen3-reranker', { hfOverrides: yesOrNo }),
  };
  const named = Object.fromEntries(await Promise.all(Object.entries(loaded).map(async ([name, llm]) => [name, await llm] as const)));
  models = Object.values(named);
  const limits = { maxInputs: 40, maxTokens: 2_000, maxBodyBytes: 20_000 };
  servers = {
    plain: createHandler(named, limits),
    open: createHandler(named, { ...limits, apiKeys: [KEY], allowedOrigins: '*', trustRequestChatTemplate: true }),
  };
}, 60_000);
afterAll(async () => {
  for (const llm of models) await llm.dispose();
});

const counts = new Map<number, number>();

async function send(sent: Sent): Promise<void> {
  try {
    await check(sent);
  } catch (error) {
    throw new Error(`${(error as Error).message}\nafter ${JSON.stringify(sent)}`, { cause: error });
  }
}

async function check(sent: Sent): Promise<void> {
  const { method: verb, path, headers: head, body, open } = sent;
  const withoutBody = verb === 'GET' || verb === 'HEAD';
  const one = new Request(new URL(`http://local${path}`), { method: verb, headers: head, ...(!withoutBody && { body: body as string }) });
  const response = await servers[open ? 'open' : 'plain'](one);
  const { status } = response;
  counts.set(status, (counts.get(status) ?? 0) + 1);
  const answer = await response.text();
  if (status >= 500) throw new Error(`${status}: ${answer.slice(0, 500)}`);
  if (/node_modules|file:\/\/|\n\s+at .+:\d+/.test(answer) || answer.includes(import.meta.dirname))
    throw new Error(`It says too much: ${answer}`);
  if (!/^[\x21-\x7e]{1,256}$/.test(response.headers.get('X-Request-Id') ?? '')) throw new Error('It has no id of its own.');
  if (status < 300 || verb === 'HEAD') return;
  const refusal = JSON.parse(answer) as Record<string, unknown> & { error: Record<string, unknown> };
  const { object, error, ...flat } = refusal;
  expect(object).toBe('error');
  expect(flat).toEqual(error);
  expect(error).toEqual({ message: expect.any(String) as string, type: expect.any(String) as string, param: error['param'], code: status });
  expect(error['message']).not.toBe('');
  expect((error['message'] as string).length).toBeLessThan(5_000);
  expect(error['param'] === null || typeof error['param'] === 'string').toBe(true);
}

test('20,000 random and mutated requests', { timeout: 60_000 + REQUESTS * 12 }, async () => {
  const probe = async () => {
    const body = JSON.stringify({ model: 'embed', input: 'the same as ever' });
    const response = await servers.plain(
      new Request('http://local/v1/embeddings', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body }),
    );
    return ((await response.json()) as { data: unknown }).data;
  };
  const before = await probe();
  const begin = performance.now();
  // With a failure fast-check prints its seed, its path and the smallest group that fails: give them as `seed` and `path` to see it again.
  await fc.assert(
    fc.asyncProperty(fc.array(request, { minLength: AT_ONCE, maxLength: AT_ONCE }), async (group) => {
      let timer: ReturnType<typeof setTimeout>;
      const hang = new Promise((_, reject) => (timer = setTimeout(() => reject(new Error('It hangs.')), HANG)));
      await Promise.race([Promise.all(group.map(send)), hang]).finally(() => clearTimeout(timer));
    }),
    { numRuns: REQUESTS / AT_ONCE },
  );
  console.log(
    `${REQUESTS} requests in ${((performance.now() - begin) / 1000).toFixed(0)} s: ${[...counts]
      .sort(([a], [b]) => a - b)
      .map(([status, count]) => `${count} × ${status}`)
      .join(', ')}`,
  );
  // Enough of them went all the way through.
  expect(counts.get(200)).toBeGreaterThan(REQUESTS / 10);
  expect(await probe()).toEqual(before);
  for (const handler of Object.values(servers)) {
    const get = (path: string) => handler(new Request(`http://local${path}`, { headers: { Authorization: `Bearer ${KEY}` } }));
    expect(await (await get('/load')).json()).toEqual({ server_load: 0 });
    expect((await get('/health')).status).toBe(200);
    // Strangers cannot make series without end.
    expect((await (await get('/metrics')).text()).split('\n').length).toBeLessThan(3_000);
  }
});
