/** Every kind of call: an abort between two batches, progress, dispose in the middle, and a row that is refused. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CallOptions, CallProgress, LLM } from 'rockpool/edge';
import { load, outcome, randomFrom, wordsFrom } from './tiny-model.ts';

const random = randomFrom(7);
/** Lengths that do not fit one batch. */
const texts = Array.from({ length: 120 }, (_, i) => wordsFrom(random, 1 + (i % 60)));

interface Subject {
  name: string;
  model: string;
  windows: number;
  call(llm: LLM, options: CallOptions): Promise<unknown[]>;
}
const subjects: Subject[] = [
  { name: 'embed', model: 'tiny-bert-poolings', windows: 120, call: (llm, options) => llm.embed(texts, options) },
  { name: 'encode', model: 'tiny-bert-poolings', windows: 120, call: (llm, options) => llm.encode(texts, options) },
  { name: 'classify', model: 'tiny-bert-classifier', windows: 120, call: (llm, options) => llm.classify(texts, options) },
  { name: 'tokenClassify', model: 'tiny-bert-token-classifier', windows: 120, call: (llm, options) => llm.tokenClassify(texts, options) },
  { name: 'reward', model: 'tiny-qwen2-reward', windows: 120, call: (llm, options) => llm.reward(texts, options) },
  { name: 'tokenEmbed', model: 'tiny-colbert', windows: 120, call: (llm, options) => llm.tokenEmbed(texts, options) },
  { name: 'pairs', model: 'tiny-bert-reranker', windows: 120, call: (llm, options) => llm.score('a query', texts, options) },
  { name: 'pairs, N:N', model: 'tiny-bert-reranker', windows: 120, call: (llm, options) => llm.score(texts, texts.toReversed(), options) },
  { name: 'rerank', model: 'tiny-bert-reranker', windows: 120, call: (llm, options) => llm.rerank('a query', texts, options) },
  { name: 'cosine scores', model: 'tiny-bert-poolings', windows: 121, call: (llm, options) => llm.score('a query', texts, options) },
  { name: 'late interaction', model: 'tiny-colbert', windows: 121, call: (llm, options) => llm.score('a query', texts, options) },
  { name: 'late interaction, N:N', model: 'tiny-colbert', windows: 240, call: (llm, options) => llm.score(texts, texts, options) },
];

describe.each(subjects.map((subject) => [subject.name, subject] as const))('%s', (_, { model, windows, call }) => {
  let llm: LLM;
  beforeAll(async () => {
    llm = await load(model);
  });
  afterAll(() => llm.dispose());

  test('progress counts every window once, and knows from the start how many there are', async () => {
    const seen: CallProgress[] = [];
    await call(llm, { onProgress: (progress) => seen.push(progress) });
    expect(seen.length).toBeGreaterThan(1);
    expect(seen.at(-1)).toMatchObject({ done: windows, total: windows });
    for (const [i, { done, total, tokens, timings }] of seen.entries()) {
      expect(total).toBe(windows);
      expect(done).toBeGreaterThan(seen[i - 1]?.done ?? 0);
      expect(tokens).toBeGreaterThan(seen[i - 1]?.tokens ?? 0);
      for (const time of Object.values(timings)) expect(time).toBeGreaterThanOrEqual(0);
      expect(timings.total).toBeGreaterThanOrEqual(timings.infer + timings.pool);
    }
  });

  test('an abort between two batches is heard, the engine stops, and a later call works', async () => {
    const controller = new AbortController();
    const seen: number[] = [];
    const options: CallOptions = {
      signal: controller.signal,
      onProgress({ done }) {
        seen.push(done);
        controller.abort('enough');
      },
    };
    expect(await outcome(call(llm, options))).toBe('aborted: The call was aborted by its AbortSignal.');
    const outputs = await call(llm, {});
    expect(outputs).toHaveLength(120);
    expect(seen).toHaveLength(1);
    expect(seen[0]).toBeLessThan(windows);
  });

  test('an abort before the first batch is heard', async () => {
    const controller = new AbortController();
    const batches: number[] = [];
    const aborted = outcome(call(llm, { signal: controller.signal, onProgress: ({ done }) => batches.push(done) }));
    setTimeout(() => controller.abort(), 0);
    expect(await aborted).toBe('aborted: The call was aborted by its AbortSignal.');
    expect(batches).toEqual([]);
    expect(await call(llm, {})).toHaveLength(120);
  });

  test('one call of two is aborted, and the other has its answer', async () => {
    const controller = new AbortController();
    const [first, second] = await Promise.all([
      outcome(call(llm, { signal: controller.signal, onProgress: () => controller.abort() })),
      call(llm, {}),
    ]);
    expect(first).toBe('aborted: The call was aborted by its AbortSignal.');
    expect(second).toHaveLength(120);
  });
});

test.each(subjects.map((subject) => [subject.name, subject] as const))(
  '%s: dispose in the middle settles the call',
  async (_, { model, call }) => {
    const llm = await load(model);
    const disposed: Promise<void>[] = [];
    const settled = outcome(call(llm, { onProgress: () => disposed.push(llm.dispose()) }));
    expect(await settled).toBe('disposed: The LLM was disposed during the call.');
    await Promise.all(disposed);
    expect(await outcome(call(llm, {}))).toBe('disposed: The LLM was disposed.');
  },
);
