/** withFallback over a server that takes requests and answers none: no time limit of a caller's may be spent on it again and again. */
import { describe, expect, test, vi } from 'vitest';
import type { LLM as LocalLLM } from 'rockpool/edge';
import { LLM } from 'rockpool/remote';
import { createHandler } from 'rockpool/server';
import { keep } from './remote-connections.ts';
import { fallback, machine, type Machine } from './remote-machines.ts';
import { outcome } from './remote-server.ts';
import { load } from './tiny-model.ts';

async function silent(coolDown: number): Promise<{ server: Machine; llm: LocalLLM; told: () => string[] }> {
  const server = await machine();
  const local = keep(await load('tiny-bert-poolings'));
  const { llm, told } = await fallback([server.connect, local], { coolDown });
  await llm.embed('a');
  expect(llm.info.device).toBe('remote');
  server.hangs = true;
  return { server, llm: llm as unknown as LocalLLM, told };
}

describe('A server that hangs', () => {
  test('is left alone after a call’s time has passed', async () => {
    const { server, llm } = await silent(600_000);
    expect(await outcome(llm.embed('a', { signal: AbortSignal.timeout(50) }))).toMatch(/^aborted/);
    const { asked } = server;
    expect(await llm.embed('a', { signal: AbortSignal.timeout(10_000) })).toHaveLength(1);
    expect([llm.info.device, server.asked]).toEqual(['wasm', asked]);
  });

  test('is not, after a call that was given up for another reason', async () => {
    const { server, llm } = await silent(600_000);
    const stop = new AbortController();
    const calling = outcome(llm.embed('a', { signal: stop.signal }));
    await vi.waitFor(() => expect(server.asked).toBeGreaterThan(2));
    stop.abort();
    expect(await calling).toMatch(/^aborted/);
    server.hangs = false;
    await llm.embed('a');
    expect(llm.info.device).toBe('remote');
  });

  test('rests, whatever becomes of a call that began before it failed', async () => {
    const server = await machine();
    let [end, fails, isHeld] = [() => {}, false, false];
    const held = new Promise<void>((resolve) => (end = resolve));
    const { fetch } = server;
    const first = await LLM.connect('http://machine.test', {
      maxRetries: 0,
      onLog: () => {},
      fetch: async (input, init) => {
        if (fails) throw new TypeError('fetch failed');
        if (String(init?.body).includes('slow')) {
          isHeld = true;
          await held;
        }
        return fetch(input, init);
      },
    });
    const { llm } = await fallback([first, keep(await load('tiny-bert-poolings'))], { coolDown: 600_000 });
    await llm.embed('a');
    const slow = llm.embed('slow');
    await vi.waitFor(() => expect(isHeld).toBe(true));
    fails = true;
    await llm.embed('b');
    expect(llm.info.device).toBe('wasm');
    fails = false;
    end();
    await slow;
    expect(llm.info.device).toBe('remote');
    await llm.embed('c');
    expect(llm.info.device).toBe('wasm');
  });

  test('behind a server with a time limit: the request after is answered', async () => {
    const { llm } = await silent(600_000);
    const gateway = createHandler(llm, { requestTimeout: 50 });
    const patient = createHandler(llm);
    const post = (handler: typeof gateway) =>
      handler(
        new Request('http://x/v1/embeddings', {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: '{"input": "a"}',
        }),
      );
    expect((await post(gateway)).status).toBe(408);
    expect((await post(patient)).status).toBe(200);
  });

  test('costs one call the wait when its rest is over, and no others', async () => {
    const { server, llm } = await silent(60_000);
    expect(await outcome(llm.embed('a', { signal: AbortSignal.timeout(50) }))).toMatch(/^aborted/);
    const now = performance.now.bind(performance);
    let later = 70_000;
    vi.spyOn(performance, 'now').mockImplementation(() => now() + later);
    try {
      const { asked } = server;
      const late = new AbortController();
      const trial = outcome(llm.embed('a', { signal: late.signal }));
      await vi.waitFor(() => expect(server.asked).toBe(asked + 1));
      await Promise.all([llm.embed('b'), llm.embed('c')]);
      expect([llm.info.device, server.asked]).toEqual(['wasm', asked + 1]);
      late.abort(new DOMException('late', 'TimeoutError'));
      expect(await trial).toMatch(/^aborted/);
      // It is back: the next trial finds that out, and it is the first again.
      server.hangs = false;
      later = 140_000;
      await llm.embed('a');
      await llm.embed('a');
      expect(llm.info.device).toBe('remote');
    } finally {
      vi.restoreAllMocks();
    }
  });
});
