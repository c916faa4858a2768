/** Queries of any length, and what was removed: the work of the first is bounded, the second leaves no trace. Expected: a fresh index of what is left. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { processorTime } from '../growth-for-tests.ts';
import { KeywordIndex, type KeywordEntry } from './keyword-index.ts';

const zipped = readFileSync(new URL('../../bench/data/debian-packages.json.gz', import.meta.url));
const packages = JSON.parse(gunzipSync(zipped).toString('utf8')) as { title: string; body: string }[];
const entries = packages.slice(0, 1_500).map(({ title, body }, key): KeywordEntry => ({ key, title, text: body }));
const prose = packages
  .slice(2_000)
  .map(({ body }) => body)
  .join(' ');

function indexOf(some: readonly KeywordEntry[]): KeywordIndex {
  const index = new KeywordIndex();
  for (const one of some) index.add(one);
  return index;
}
const index = indexOf(entries);
const time = (query: string) => {
  const begin = processorTime();
  index.search(query, null);
  return processorTime() - begin;
};

test.each([
  ['prose', prose],
  ['one phrase again and again', 'the package provides tools '.repeat(50_000)],
  ['different words', Array.from({ length: 200_000 }, (_, i) => `tool${i.toString(36)}`).join(' ')],
  ['one word', 'tool'.repeat(250_000)],
])('a million letters take no longer than what a page of them takes: %s', (_, text) => {
  const page = 20_000;
  const fastest = (query: string) => Math.min(...Array.from({ length: 3 }, () => time(query)));
  expect(fastest(text.slice(0, 1_000_000))).toBeLessThan(3 * fastest(text.slice(0, page)) + 20);
});

test('a long query finds what its words say, each once, and a short one may be a letter off', () => {
  const sole = entries[700]!;
  expect(index.search(sole.text.repeat(20), null)[0]!.key).toBe(sole.key);
  const words = ['alpha', ...Array.from({ length: 100 }, (_, i) => `beta${i}`)];
  const two = indexOf([
    { key: 0, title: '', text: 'alpha' },
    { key: 1, title: '', text: 'beta7' },
  ]);
  const [once, often] = [words.join(' '), [...words, ...Array<string>(50).fill('alpha')].join(' ')].map((query) => two.search(query, null));
  expect(often).toEqual(once);
  expect(two.search('alpho', null).map(({ key }) => key)).toEqual([0]);
});

test('what was removed or replaced counts for nothing: hits, scores and order are those of an index that never had it', () => {
  const half = entries.filter(({ key }) => key % 2 === 0);
  const changed = entries.filter(({ key }) => key % 10 === 0);
  const worn = indexOf(entries);
  for (const one of entries) if (one.key % 2 === 1) worn.remove(one);
  for (const one of changed) {
    worn.remove(one);
    worn.add({ ...one, text: `${one.text} and gardens` });
    worn.remove({ ...one, text: `${one.text} and gardens` });
    worn.add(one);
  }
  const fresh = indexOf(half);
  const shown = (some: KeywordIndex, query: string) =>
    some
      .search(query, null)
      .map(({ key, score }) => ({ key, score: Math.round(score * 1e9) }))
      .sort((a, b) => b.score - a.score || a.key - b.key);
  for (const { title } of entries.slice(0, 60)) expect(shown(worn, title)).toEqual(shown(fresh, title));
  expect(shown(worn, 'gardens').length).toBe(shown(fresh, 'gardens').length);
});
