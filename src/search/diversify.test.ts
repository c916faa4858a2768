/** Maximal marginal relevance, held against its definition; on scores of any scale; and on a page that goes on meanwhile. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createIndex } from '../search.ts';
import { cosine } from '../math.ts';
import { diversify, type Candidate } from './diversify.ts';
import { hashModel, vectorOf } from './model-for-tests.ts';
import type { Reranker } from './search-types.ts';
import { VectorTable } from './vector-table.ts';

/** Scores as of `logits`, vectors of any length. */
const candidates = (count: number, size = 24): Candidate[] =>
  Array.from({ length: count }, (_, i) => ({
    score: 7 - i / 3,
    vector: vectorOf(`candidate ${i}`, 1, size).map((value) => value * (1 + (i % 5))),
  }));

/** Carbonell, Goldstein 1998, word for word: all that are left against all that are chosen, at each step. */
function byDefinition(given: readonly Candidate[], k: number, lambda: number): Candidate[] {
  const [high, low] = [given[0]!.score, given.at(-1)!.score];
  const chosen: Candidate[] = [];
  const left = [...given];
  while (chosen.length < k) {
    const values = left.map(({ score, vector }) => {
      const likest = Math.max(...chosen.map((other) => cosine(vector, other.vector)));
      return lambda * ((score - low) / (high - low)) - (chosen.length > 0 ? (1 - lambda) * likest : 0);
    });
    chosen.push(...left.splice(values.indexOf(Math.max(...values)), 1));
  }
  return chosen;
}

test.each([0.1, 0.5, 0.9, 1])('diversity %d is what the definition says', async (diversity) => {
  const given = candidates(60);
  expect(await diversify(given, 20, diversity)).toEqual(byDefinition(candidates(60), 20, 1 - diversity));
  expect(await diversify(given, 100, diversity)).toEqual(byDefinition(candidates(60), 60, 1 - diversity));
});

test('any number of candidates can be told apart, and none too', async () => {
  const many = Array.from({ length: 200_000 }, (_, i) => ({ score: -i, vector: Float32Array.of(1, i % 2) }));
  expect((await diversify(many, 2, 0.5)).map(({ score }) => -score)).toEqual([0, 1]);
  expect(await diversify([], 2, 0.5)).toEqual([]);
});

test('a vector without a direction is like none', async () => {
  const [first, zero, like] = [Float32Array.of(1, 0), Float32Array.of(0, 0), Float32Array.of(2, 0.1)];
  const given = [first, like, zero].map((vector) => ({ score: 1, vector }));
  expect((await diversify(given, 2, 0.5)).map(({ vector }) => vector)).toEqual([first, zero]);
});

describe('while each that is chosen is compared with all,', () => {
  afterEach(() => void vi.restoreAllMocks());
  /** Before each pass over the vectors. */
  const onPass = (heard: (pass: number) => void) => {
    const { scores } = VectorTable.prototype;
    let passes = 0;
    return vi.spyOn(VectorTable.prototype, 'scores').mockImplementation(function (this: VectorTable, query) {
      heard(++passes);
      return scores.call(this, query);
    });
  };
  test('the page goes on', async () => {
    // Each step takes more than half a frame.
    let now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => (now += 10));
    let [went, wentAt] = [false, 0];
    onPass((pass) => {
      if (pass === 1) setImmediate(() => (went = true));
      if (went) wentAt ||= pass;
    });
    await diversify(candidates(60), 40, 0.5);
    expect(wentAt).toBeGreaterThan(1);
  });
  test('a signal is heard at the next step', async () => {
    const stop = new AbortController();
    const passes = onPass((pass) => pass === 3 && stop.abort());
    await expect(diversify(candidates(60), 40, 0.5, stop.signal)).rejects.toMatchObject({ code: 'aborted' });
    expect(passes).toHaveBeenCalledTimes(3);
  });
  test('so is that of a search', async () => {
    const index = await createIndex(hashModel());
    await index.add(Array.from({ length: 30 }, (_, i) => ({ id: String(i), text: `Text ${i}.` })));
    const stop = new AbortController();
    // The first pass is the search's own.
    const passes = onPass((pass) => pass === 2 && stop.abort());
    const searching = index.search('Text', { topK: 20, diversity: 0.5, signal: stop.signal });
    await expect(searching).rejects.toMatchObject({ code: 'aborted' });
    expect(passes).toHaveBeenCalledTimes(2);
  });
});

describe('scores of any scale weigh as much as likeness:', () => {
  async function filled() {
    const index = await createIndex(hashModel());
    // Two alike that are as good, and one that is neither: it has no word of the query, and another direction.
    await index.add([
      { id: 'best', text: 'cat nap' },
      { id: 'same', text: 'cat nap' },
      { id: 'unlike', text: 'a boat' },
    ]);
    return async (diversity: number, options = {}) =>
      (await index.search('cat nap', { topK: 2, diversity, ...options })).map(({ id }) => id);
  }
  test('sums of reciprocal ranks', async () => {
    const order = await filled();
    // By hand: 2/21, 2/22, 1/23, so `same` has 0.92 of 1. 0.7 × 0.92 - 0.3 is more than what `unlike` can have, 0.3; 0.1 × 0.92 - 0.9 is not.
    expect(await order(0.3)).toEqual(['best', 'same']);
    expect(await order(0.9)).toEqual(['best', 'unlike']);
  });
  test('a reranker’s', async () => {
    const order = await filled();
    const rerank = async (_: string, texts: string[]) =>
      texts
        .map((text, index) => ({ index, relevance_score: text === 'a boat' ? 0 : 100 - index }))
        .toSorted((a, b) => b.relevance_score - a.relevance_score);
    const reranker = { rerank } as unknown as Reranker;
    expect(await order(0.3, { rerank: reranker })).toEqual(['best', 'same']);
    expect(await order(0.9, { rerank: reranker })).toEqual(['best', 'unlike']);
  });
});
