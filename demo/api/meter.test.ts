/** What a program's calls have taken, by request and directly. */
import type { LLM } from 'rockpool';
import { expect, it, vi } from 'vitest';
import { createMeter } from './meter.ts';

const timings = { tokenize: 1, queue: 2, infer: 3, pool: 4, total: 10 };

/** With a private field, as the class has: its methods need their own `this`. */
class FakeModel {
  #tokens = 5;
  info = { device: 'wasm', model: 'fake' };
  fetch = async (path: string) =>
    new Response(path, {
      headers: path.includes('embed')
        ? { 'Server-Timing': 'queue;dur=2.00, tokenize;dur=1.00, infer;dur=3.00, pool;dur=4.00, total;dur=10.00', 'x-compute-tokens': '7' }
        : {},
    });
  async embed(text: string, options: { onProgress?: (progress: object) => void } = {}) {
    options.onProgress?.({ done: 1, total: 2, tokens: 2, timings: { ...timings, infer: 1 } });
    options.onProgress?.({ done: 2, total: 2, tokens: this.#tokens, timings });
    return [text];
  }
  async tokenize() {
    return this.#tokens;
  }
}

it('sums up requests and direct calls, and changes neither', async () => {
  const meter = createMeter();
  const llm = meter.measured(new FakeModel() as unknown as LLM);
  expect(await (await llm.fetch('http://local/v1/models')).text()).toBe('http://local/v1/models');
  expect(await (llm as unknown as FakeModel).tokenize()).toBe(5);
  expect(meter.sum()).toBeNull();

  await llm.fetch('http://local/v1/embeddings');
  expect(meter.sum()).toMatchObject({ tokens: 7, timings, device: 'wasm' });
  const own = vi.fn();
  expect(await llm.embed('a', { onProgress: own })).toEqual(['a']);
  expect(own).toHaveBeenCalledTimes(2);
  expect(meter.sum()).toMatchObject({ tokens: 12, timings: { tokenize: 2, queue: 4, infer: 6, pool: 8, total: 20 } });
  expect(meter.sum()!.ms).toBeGreaterThan(0);
});

it('hands on what a call refuses', async () => {
  const meter = createMeter();
  const broken = { info: { device: 'wasm' }, embed: () => Promise.reject(new Error('no')) };
  await expect(meter.measured(broken as unknown as LLM).embed('a')).rejects.toThrow('no');
  expect(meter.sum()).toBeNull();
});
