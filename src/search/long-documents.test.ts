/** Adding what takes long: batches are bounded by their work, progress is told within a document, an abort is heard within one. */
import { describe, expect, test } from 'vitest';
import { createIndex } from '../search.ts';
import { COMPUTED, groups } from './groups.ts';
import { hashModel, lateModel } from './model-for-tests.ts';
import type { AddProgress, Embedder, SearchDocument } from './search-types.ts';

type EmbedHooks = { onProgress?: (progress: { done: number }) => void; signal?: AbortSignal };

/** As rockpool's own: batches of eight, an abort between two of them, and progress after each. */
function batchingModel() {
  const model = hashModel();
  const { embed } = model;
  const calls: number[] = [];
  const llm = {
    ...model,
    embed: async (texts: string | string[], options: EmbedHooks = {}) => {
      const all = [texts].flat();
      calls.push(all.length);
      const outputs: unknown[] = [];
      while (outputs.length < all.length) {
        await new Promise((resolve) => setTimeout(resolve));
        outputs.push(...(await embed(all.slice(outputs.length, outputs.length + 8), options as never)));
        options.onProgress?.({ done: outputs.length });
      }
      return outputs;
    },
  };
  return { llm: llm as unknown as Embedder, calls };
}

const long = (id: number, characters: number): SearchDocument => ({
  id: String(id),
  text: `Document ${id}. ${'It goes on with one sentence more, which is long enough. '.repeat(characters / 57)}`,
});

test('portions have so many documents or characters at most, and a longer text is one of its own', () => {
  const texts = [...Array.from({ length: 40 }, () => 'short'), 'x'.repeat(20_000), 'x'.repeat(12_768), 'y', 'x'.repeat(100_000), 'z', 'z'];
  const found = [...groups(texts, COMPUTED, (text) => text)];
  expect(found.flat()).toEqual(texts);
  expect(found.map((group) => group.length)).toEqual([32, 9, 2, 1, 2]);
  expect([...groups([], COMPUTED, String)]).toEqual([]);
});

describe('long documents', () => {
  test('are no more in one batch than short ones have work, and each batch is in before the next', async () => {
    const { llm, calls } = batchingModel();
    const index = await createIndex(llm);
    calls.length = 0;
    const seen: AddProgress[] = [];
    await index.add(
      Array.from({ length: 32 }, (_, i) => long(i, 7_000)),
      { onProgress: (progress) => seen.push(progress) },
    );
    // Four texts of 7,000 characters, in passages of 200 at least.
    for (const passages of calls) expect(passages).toBeLessThanOrEqual(4 * 35);
    expect(new Set(seen.map(({ done }) => done))).toEqual(new Set(Array.from({ length: 9 }, (_, i) => 4 * i)));
    expect(calls.reduce((sum, passages) => sum + passages, 0)).toBe(index.size.passages);
    expect(seen.at(-1)).toEqual({ done: 32, total: 32, passages: index.size.passages });
  });
  test('tell within one how far they are, and never go back', async () => {
    const { llm } = batchingModel();
    const index = await createIndex(llm);
    const seen: AddProgress[] = [];
    await index.add([long(0, 100), long(1, 50_000)], { onProgress: (progress) => seen.push(progress) });
    const { passages } = index.size;
    const within = seen.filter(({ done }) => done === 1).map((progress) => progress.passages);
    expect(within.length).toBeGreaterThan(passages / 8 - 2);
    expect(within).toEqual(within.toSorted((a, b) => a - b));
    expect(seen.at(-1)).toEqual({ done: 2, total: 2, passages });
  });
  test('stop within one: nothing of it is in, what came before stays', async () => {
    const { llm } = batchingModel();
    const index = await createIndex(llm);
    const stop = new AbortController();
    let last = 0;
    const adding = index.add([long(0, 100), long(1, 50_000)], {
      signal: stop.signal,
      onProgress: ({ done, passages }) => {
        last = passages;
        if (done === 1 && passages > 20) stop.abort();
      },
    });
    await expect(adding).rejects.toThrow();
    expect(last).toBeLessThan(40);
    expect(index.has('0')).toBe(true);
    expect(index.size.documents).toBe(1);
  });
});

test('late chunking tells of each window', async () => {
  const { llm } = batchingModel();
  const index = await createIndex({ ...lateModel(), embed: llm.embed }, { lateChunking: true });
  const seen: number[] = [];
  await index.add([long(0, 5_000)], { onProgress: ({ passages }) => seen.push(passages) });
  expect(seen.length).toBeGreaterThan(10);
  expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  expect(seen.at(-1)).toBe(index.size.passages);
});

describe('a model that answers what is no vector: nothing of it is in, and the document is named', () => {
  test.each<[string, (vectors: Float32Array[]) => Float32Array[], string]>([
    ['fewer vectors than passages', (vectors) => vectors.slice(1), 'runtime-failed'],
    ['none', () => [], 'runtime-failed'],
    ['NaN', (vectors) => vectors.map((vector, i) => (i === 1 ? vector.fill(NaN) : vector)), 'non-finite-output'],
  ])('%s', async (_, change, code) => {
    const model = hashModel();
    const index = await createIndex(model);
    const { embed } = model;
    model.embed = (async (texts: string[]) => {
      const vectors = (await embed(texts)).map(({ outputs }) => outputs.embedding);
      return change(vectors).map((embedding) => ({ outputs: { embedding } }));
    }) as never;
    const adding = index.add([
      { id: 'a', text: 'one' },
      { id: 'b', text: 'two' },
    ]);
    await expect(adding).rejects.toMatchObject({ code });
    await expect(adding).rejects.toThrow(/"[ab]"/);
    expect(index.size.documents).toBe(0);
  });
});
