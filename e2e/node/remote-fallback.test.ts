/** withFallback: who answers, who is asked next, and what is final. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test, vi } from 'vitest';
import { LLM as LocalLLM } from 'rockpool/edge';
import { LLM, withFallback, type FallbackModel, type PoolingLLM } from 'rockpool/remote';
import { createHandler } from 'rockpool/server';
import { keep } from './remote-connections.ts';
import { fallback, failing, machine, texts, vectors } from './remote-machines.ts';
import { fakeServer, outcome } from './remote-server.ts';
import { load } from './tiny-model.ts';

describe('The first that is well answers', () => {
  test('a local model, and the server is never asked', async () => {
    const server = await machine();
    const { llm, told } = await fallback([() => load('tiny-bert-poolings'), server.connect]);
    expect(await llm.embed(texts)).toHaveLength(3);
    expect(llm.info.device).toBe('wasm');
    expect([server.asked, told()]).toEqual([0, []]);
  });

  test('local cannot be loaded: the server answers, the same vectors', async () => {
    const server = await machine();
    const { llm, told } = await fallback([
      () => LocalLLM.load('http://127.0.0.1:9/none', { cache: false, onLog: () => {} }),
      server.connect,
    ]);
    const [there, here] = [vectors(await llm.embed(texts)), vectors(await keep(await load('tiny-bert-poolings')).embed(texts))];
    there.forEach((vector, i) => vector.forEach((value, at) => expect(Math.abs(value - here[i]![at]!)).toBeLessThan(1e-5)));
    expect(llm.info.device).toBe('remote');
    expect(told()).toEqual(['0>1 download-failed']);
  });

  test.each([
    'webgpu-unavailable',
    'runtime-failed',
    'worker-crashed',
    'device-lost',
    'worker-timeout',
    'non-finite-output',
    'server-error',
    'overloaded',
    'unauthorized',
    'disposed',
  ])('local fails with %s: the server answers', async (code) => {
    // prettier-ignore
    const server = await machine();
    let fails: string | null = null;
    const { llm, told } = await fallback([await failing('tiny-bert-poolings', () => fails), server.connect]);
    await llm.embed(texts);
    expect(server.asked).toBe(0);
    fails = code;
    expect(await llm.embed(texts)).toHaveLength(3);
    expect(told()).toEqual([`0>1 ${code}`]);
  });

  test('the server goes away: the local model answers, and the server again when it is back', async () => {
    const server = await machine();
    const { llm, told } = await fallback([server.connect, () => load('tiny-bert-poolings')], { coolDown: 600_000 });
    await llm.embed(texts);
    expect(llm.info.device).toBe('remote');
    server.isUp = false;
    await llm.embed(texts);
    await llm.embed(texts);
    expect(llm.info.device).toBe('wasm');
    expect(told()).toEqual(['0>1 server-error']);
    server.isUp = true;
    const asked = server.asked;
    await llm.embed(texts);
    expect(server.asked).toBe(asked);
    const now = performance.now.bind(performance);
    const later = vi.spyOn(performance, 'now').mockImplementation(() => now() + 600_000);
    await llm.embed(texts);
    later.mockRestore();
    expect(llm.info.device).toBe('remote');
    // The canary again, since another model may have come back, and the call.
    expect(server.asked).toBe(asked + 2);
  });

  test('one that is asked for a task it lacks is well for the others', async () => {
    const server = await machine('tiny-bert-reranker');
    const { llm, told } = await fallback([() => load('tiny-bert-poolings'), server.connect]);
    expect(await llm.classify(texts)).toHaveLength(3);
    expect(await llm.classify(texts)).toHaveLength(3);
    expect(await llm.embed(texts)).toHaveLength(3);
    expect(told()).toEqual(['0>1 unsupported-task']);
  });

  test('all methods go on', async () => {
    const server = await machine('tiny-bert-reranker');
    let fails: string | null = null;
    const { llm } = await fallback([await failing('tiny-bert-reranker', () => fails), server.connect]);
    const before = await llm.rerank('q', texts);
    fails = 'worker-crashed';
    const after = await llm.rerank('q', texts);
    expect(after.map(({ index }) => index)).toEqual(before.map(({ index }) => index));
    expect((await llm.tokenize('running'))[0]!.tokens.length).toBeGreaterThan(0);
    expect((await llm.classify(texts))[0]!.outputs.num_classes).toBe(1);
  });

  test('a stream goes on where the first was lost', async () => {
    const server = await machine();
    let fails: string | null = null;
    const { llm, told } = await fallback([await failing('tiny-bert-poolings', () => fails), server.connect]);
    const many = Array.from({ length: 12 }, (_, i) => `text ${i}`);
    const ids = new Set<string>();
    for await (const { request_id } of llm.embedStream(many, { window: 4 })) {
      ids.add(request_id);
      if (ids.size === 2) fails = 'device-lost';
    }
    expect(ids.size).toBe(12);
    expect(told()).toEqual(['0>1 device-lost']);
  });
});

describe('What is the caller’s doing', () => {
  test.each([
    ['invalid-input', (llm: PoolingLLM) => llm.embed({ prompt_token_ids: [99_999_999] })],
    ['invalid-option', (llm: PoolingLLM) => llm.embed('x', { poolingParams: { activation: true } })],
    ['input-too-long', (llm: PoolingLLM) => llm.embed('word '.repeat(5_000))],
  ])('%s is final', async (code, call) => {
    const server = await machine();
    const { llm, told } = await fallback([() => load('tiny-bert-poolings'), server.connect]);
    await llm.embed('x');
    expect(await outcome(call(llm))).toMatch(new RegExp(`^${code}`));
    expect([server.asked, told()]).toEqual([0, []]);
  });

  test('an abort is, whatever the model is at', async () => {
    const hanging = keep(await fakeServer(() => 'hang'));
    const server = await machine();
    const { llm, told } = await fallback([await failing('tiny-bert-poolings', () => null), server.connect]);
    const controller = new AbortController();
    controller.abort();
    expect(await outcome(llm.embed('x', { signal: controller.signal }))).toMatch(/^aborted/);
    expect(told()).toEqual([]);
    const opening = new AbortController();
    const waiting = outcome(withFallback([() => LLM.connect(hanging.url)], { signal: opening.signal }));
    opening.abort();
    expect(await waiting).toMatch(/^aborted/);
  });

  test.each<[unknown, object]>([
    [[], {}],
    ['llm', {}],
    [[7], {}],
    [[() => Promise.resolve(7)], {}],
    [[() => load('tiny-bert-poolings')], { minCosine: 0 }],
    [[() => load('tiny-bert-poolings')], { minCosine: 2 }],
    [[() => load('tiny-bert-poolings')], { coolDown: -1 }],
    [[() => load('tiny-bert-poolings')], { onFallback: 'x' }],
    [[() => load('tiny-bert-poolings')], { retries: 3 }],
  ])('so are the models %j and the options %j', async (models, options) => {
    expect(await outcome(withFallback(models as FallbackModel[], options))).toMatch(/^invalid-option/);
  });
});

test('is told by the console unless somebody listens, and is a fetch', async () => {
  const warned = vi.spyOn(console, 'warn').mockImplementation(() => {});
  const server = await machine();
  const llm = keep(await withFallback([() => Promise.reject(new Error('no')), server.connect]));
  expect(warned).toHaveBeenCalledWith(
    expect.stringMatching(/^rockpool: model 0 of withFallback failed, model 1 is asked instead. Error: no$/),
  );
  warned.mockRestore();
  const response = await llm.fetch('http://local/v1/embeddings', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ input: 'x' }),
  });
  expect(response.status).toBe(200);
});

test('over a real socket, where the server’s process goes away', async () => {
  const handler = createHandler(keep(await load('tiny-bert-poolings')));
  const { getRequestListener } = await import('@hono/node-server');
  const server = createServer(getRequestListener((request) => handler(request), { overrideGlobalObjects: false }));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { llm, told } = await fallback([() => LLM.connect(url, { maxRetries: 1 }), () => load('tiny-bert-poolings')]);
  const before = vectors(await llm.embed(texts));
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  const after = vectors(await llm.embed(texts));
  before.forEach((vector, i) => vector.forEach((value, at) => expect(Math.abs(value - after[i]![at]!)).toBeLessThan(1e-5)));
  expect(told()).toEqual(['0>1 server-error']);
});
