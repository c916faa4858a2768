/** What is like a document of many passages. Expected: the largest cosine of any two passages, by plain loops. */
import { afterEach, expect, test, vi } from 'vitest';
import { createIndex } from '../search.ts';
import { cosine } from '../math.ts';
import { hashModel, vectorOf } from './model-for-tests.ts';
import { VectorTable } from './vector-table.ts';

const sentence = (document: number, i: number) => `Word${document} is followed by ${i} and ${document * i} here, and that is all of it. `;
const documents = Array.from({ length: 12 }, (_, d) => ({
  id: String(d),
  text: Array.from({ length: d === 0 ? 60 : 1 + (d % 4) * 5 }, (_, i) => sentence(d, i))
    .join('')
    .trim(),
}));

async function filled() {
  const index = await createIndex(hashModel({ most: 30 }), { keywords: false });
  await index.add(documents);
  return index;
}

afterEach(() => void vi.restoreAllMocks());

test('the nearest passages of both count, of all that there are', async () => {
  const embedded: string[] = [];
  const model = hashModel({ most: 30 });
  model.onEmbed = async (texts) => void embedded.push(...texts);
  const index = await createIndex(model, { keywords: false });
  const passages = new Map<string, Float32Array[]>();
  for (const document of documents) {
    embedded.length = 0;
    await index.add([document]);
    passages.set(
      document.id,
      embedded.map((text) => vectorOf(text)),
    );
  }
  const own = passages.get('0')!;
  expect(own.length).toBeGreaterThan(20);
  const nearest = (id: string) => Math.max(...own.flatMap((a) => passages.get(id)!.map((b) => cosine(a, b))));
  const expected = [...passages.keys()]
    .filter((id) => id !== '0')
    .map((id) => ({ id, score: nearest(id) }))
    .sort((a, b) => b.score - a.score);
  const hits = await index.similar('0', { topK: 11 });
  expect(hits.map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
  for (const [i, { score }] of hits.entries()) expect(score).toBeCloseTo(expected[i]!.score, 5);
});

test('a page goes on while they are compared, and a signal is heard', async () => {
  const index = await filled();
  const stop = new AbortController();
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => (now += 10));
  const scores = vi.spyOn(VectorTable.prototype, 'scores');
  let seen = 0;
  setImmediate(() => {
    seen = scores.mock.calls.length;
    stop.abort();
  });
  await expect(index.similar('0', { signal: stop.signal })).rejects.toMatchObject({ code: 'aborted' });
  expect(seen).toBeGreaterThan(0);
  expect(seen).toBeLessThan(20);
});
