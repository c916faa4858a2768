/** What a server does when the requests are too many, too late, or left by their clients: 429, 408, the next one's turn; and nothing is lost. */
import type { LLM } from 'rockpool/edge';
import { createHandler } from 'rockpool/server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { gated, listen, post, serverLoad, until, type Gate, type Running } from './server-process.ts';
import { load, randomFrom, wordsFrom } from './tiny-model.ts';

describe('More requests than a server takes', () => {
  let llm: LLM;
  beforeAll(async () => {
    llm = await load('tiny-qwen3-embed');
  }, 60_000);
  afterAll(() => llm.dispose());

  /** Two places, three that wait; the model waits at the gate. */
  async function crowded(options: Parameters<typeof createHandler>[1] = {}): Promise<Running & { gate: Gate }> {
    const { model, gate } = gated(llm);
    const running = await listen(createHandler(model, { maxConcurrentRequests: 2, maxQueueLength: 3, ...options }));
    return { ...running, gate };
  }
  const embed = (url: string, input: string, more: object = {}, init: RequestInit = {}) =>
    post(`${url}/v1/embeddings`, { input, ...more }, init);

  test('five of fifty are answered, the rest at once with 429 and Retry-After, and none is lost', async () => {
    const { url, stop, gate } = await crowded();
    const asked = Array.from({ length: 50 }, (_, i) => embed(url, `text ${i}`));
    const settled: number[] = [];
    asked.forEach((one) => void one.then(({ status }) => settled.push(status)));
    await until(() => settled.length === 45);
    expect(settled).toEqual(Array(45).fill(429));
    expect(await serverLoad(url)).toBe(5);
    gate.open();
    const responses = await Promise.all(asked);
    const taken = responses.filter(({ status }) => status === 200);
    expect(taken).toHaveLength(5);
    for (const response of responses) {
      const body = (await response.json()) as { data?: unknown[]; error?: { message: string; code: number } };
      if (response.status === 200) expect(body.data).toHaveLength(1);
      else {
        expect(response.headers.get('Retry-After')).toBe('1');
        expect(body.error).toMatchObject({ code: 429, message: expect.stringContaining('overloaded') as string });
      }
    }
    expect(await serverLoad(url)).toBe(0);
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toContain('rockpool:request_rejected_total{limit="maxQueueLength"} 45');
    expect(metrics).toContain('rockpool:num_requests_running 0\n');
    expect((await embed(url, 'after')).status).toBe(200);
    await stop();
  });

  test('without a gate, as it comes: 200 and 429 are fifty together, and the server is idle afterwards', async () => {
    const running = await listen(createHandler(llm, { maxConcurrentRequests: 2, maxQueueLength: 3 }));
    for (let round = 0; round < 5; round++) {
      const statuses = await Promise.all(
        Array.from({ length: 50 }, async (_, i) => {
          const response = await embed(running.url, wordsFrom(randomFrom(i), 40));
          await response.arrayBuffer();
          return response.status;
        }),
      );
      const count = (status: number) => statuses.filter((one) => one === status).length;
      expect(count(200)).toBeGreaterThanOrEqual(5);
      expect(count(200) + count(429)).toBe(50);
      expect(await serverLoad(running.url)).toBe(0);
    }
    await running.stop();
  });

  test('those that wait enter by their priority, and then as they came', async () => {
    const { url, stop, gate } = await crowded({ maxConcurrentRequests: 1, maxQueueLength: 10 });
    const asked = [embed(url, 'first')];
    await until(() => gate.entered.length === 1);
    for (const [i, priority] of [0, 5, -1, 0, -1].entries()) {
      asked.push(embed(url, `${priority}, ${i}`, { priority }));
      await until(async () => (await serverLoad(url)) === i + 2);
    }
    gate.open();
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual(Array(6).fill(200));
    expect(gate.entered).toEqual(['first', '-1, 2', '-1, 4', '0, 0', '0, 3', '5, 1']);
    await stop();
  });

  test('a client that leaves the engine or the queue frees its place for the next', async () => {
    const { url, stop, gate } = await crowded({ maxConcurrentRequests: 1, maxQueueLength: 1 });
    const leaving = new AbortController();
    const first = embed(url, 'leaves the engine', {}, { signal: leaving.signal });
    await until(() => gate.entered.length === 1);
    const second = embed(url, 'waits');
    await until(async () => (await serverLoad(url)) === 2);
    expect((await embed(url, 'too many')).status).toBe(429);
    leaving.abort();
    await expect(first).rejects.toThrow('aborted');
    await until(() => gate.entered.length === 2);
    expect(gate.entered[1]).toBe('waits');

    const leavingQueue = new AbortController();
    const third = embed(url, 'leaves the queue', {}, { signal: leavingQueue.signal });
    await until(async () => (await serverLoad(url)) === 2);
    leavingQueue.abort();
    await expect(third).rejects.toThrow('aborted');
    await until(async () => (await serverLoad(url)) === 1);
    const fourth = embed(url, 'comes after');
    gate.open();
    expect([(await second).status, (await fourth).status]).toEqual([200, 200]);
    expect(gate.entered).not.toContain('leaves the queue');
    expect(await serverLoad(url)).toBe(0);
    await stop();
  });

  test('a request that is late gets 408, in the engine and in the queue, and both places are free again', async () => {
    const { url, stop, gate } = await crowded({ maxConcurrentRequests: 1, maxQueueLength: 1, requestTimeout: 200 });
    const asked = [embed(url, 'in the engine'), embed(url, 'in the queue')];
    const begin = performance.now();
    const responses = await Promise.all(asked);
    expect(performance.now() - begin).toBeLessThan(2_000);
    for (const response of responses) {
      expect(response.status).toBe(408);
      expect(response.headers.get('x-should-retry')).toBe('false');
      expect(await response.json()).toMatchObject({ error: { code: 408, message: 'The request was not answered within 0.2 s.' } });
    }
    expect(await serverLoad(url)).toBe(0);
    gate.open();
    expect((await embed(url, 'after')).status).toBe(200);
    await stop();
  });

  test('the engine itself stops computing for a request that is late', async () => {
    const long = Array.from({ length: 1_500 }, (_, i) => wordsFrom(randomFrom(i), 60));
    const { url, stop } = await listen(createHandler(llm, { requestTimeout: 100 }));
    const begin = performance.now();
    expect((await post(`${url}/v1/embeddings`, { input: long })).status).toBe(408);
    // Batches of one call are many: the next call waits for the one that is under way.
    expect((await embed(url, 'short')).status).toBe(200);
    const seconds = (performance.now() - begin) / 1000;
    const whole = performance.now();
    await llm.embed(long);
    expect(seconds).toBeLessThan((performance.now() - whole) / 1000);
    await stop();
  });

  test('a server that drains answers those under way, refuses others with 503, and resolves', async () => {
    const { model, gate } = gated(llm);
    const handler = createHandler(model);
    const { url, stop } = await listen(handler);
    const asked = embed(url, 'under way');
    await until(() => gate.entered.length === 1);
    let drained = false;
    const draining = handler.drain().then(() => (drained = true));
    const refused = await embed(url, 'late');
    expect([refused.status, refused.headers.get('Retry-After')]).toEqual([503, '1']);
    expect((await fetch(`${url}/health`)).status).toBe(503);
    expect(drained).toBe(false);
    gate.open();
    expect((await asked).status).toBe(200);
    await draining;
    await stop();
  });
});
