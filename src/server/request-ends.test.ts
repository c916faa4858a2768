/** What a request leaves behind when it has ended: its timers and listeners are gone, and what is measured of it is there. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { deadline } from './deadline.ts';
import { Drainer } from './drainer.ts';
import { createHandler } from './handler.ts';
import { embed, embeddingOf, fakeModel, get, post } from './model-for-tests.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

test('a deadline that is cleared has no timer, and no listener on the client’s signal', () => {
  const client = new AbortController();
  const limit = deadline(client.signal, 1_000);
  expect(vi.getTimerCount()).toBe(1);
  limit.clear();
  client.abort();
  expect([vi.getTimerCount(), limit.signal.aborted]).toEqual([0, false]);
});

test('a shutdown that is over has no timer: it would keep the process', async () => {
  const drainer = new Drainer();
  let end = () => {};
  const work = drainer.count(() => new Promise<void>((resolve) => (end = resolve)));
  const drained = drainer.drain(1_000);
  expect(vi.getTimerCount()).toBe(1);
  end();
  await work;
  expect([await drained, vi.getTimerCount(), drainer.isOver]).toEqual([0, 0, false]);
});

test('the time in the queue has the wait for a place in the engine, and failures have their status', async () => {
  const ends: (() => void)[] = [];
  const model = fakeModel({
    detokenize: async () => 'text',
    embed: async (_, options) => {
      await new Promise<void>((resolve) => ends.push(resolve));
      const timings = { tokenize: 0, queue: 5, infer: 0, pool: 0 };
      (options as { onProgress: (progress: object) => void }).onProgress({ timings, tokens: 3 });
      return [embeddingOf(0)];
    },
  });
  // vi.waitFor would move the clock.
  const begun = async (count: number) => {
    while (ends.length < count) await new Promise((resolve) => setImmediate(resolve));
  };
  const handler = createHandler(model, { maxConcurrentRequests: 1 });
  const [first, second] = [handler(embed()), handler(embed())];
  await begun(1);
  vi.advanceTimersByTime(200);
  ends[0]!();
  expect((await first).headers.get('x-queue-time')).toBe('5');
  await begun(2);
  ends[1]!();
  expect((await second).headers.get('x-queue-time')).toBe('205');
  expect((await handler(post('/tokenize', { prompt: 'a' }))).status).toBe(400);
  expect((await handler(post('/detokenize', { tokens: [1] }))).status).toBe(200);
  const metrics = await (await handler(get('/metrics'))).text();
  expect(metrics).toContain('rockpool:request_failure_total{model_name="fake",err="400"} 1');
  // What is only tokenised is a success, and none of those whose time and tokens are measured.
  expect(metrics).toContain('rockpool:request_success_total{model_name="fake"} 3');
  expect(metrics).toContain('rockpool:e2e_request_latency_seconds_count{model_name="fake"} 2');
});
