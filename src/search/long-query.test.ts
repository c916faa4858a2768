/** Queries of any length by words. Expected of ordinary ones: what MiniSearch finds by each of their words, as often as they come. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import MiniSearch from 'minisearch';
import { describe, expect, test } from 'vitest';
import { growth } from '../growth-for-tests.ts';
import { KeywordIndex, type KeywordHit } from './keyword-index.ts';

const zipped = readFileSync(new URL('../../bench/data/debian-packages.json.gz', import.meta.url));
const all = JSON.parse(gunzipSync(zipped).toString('utf8')) as { name: string; title: string; body: string }[];
// Without accents, of which MiniSearch knows nothing.
const isPlain = (text: string) => !/[^\0-\x7f]/.test(text);
const documents = all
  .map(({ name, title, body }) => ({ id: name, title, text: body }))
  .filter(({ title, text }) => isPlain(title) && isPlain(text))
  .slice(0, 1_000);

const index = new KeywordIndex();
for (const document of documents) index.add(document);

const ofTheseWords = (count: number) =>
  documents
    .map(({ text }) => text)
    .join(' ')
    .split(' ')
    .slice(0, count)
    .join(' ');
const asSeen = (hits: readonly { id: string; score: number }[]) =>
  hits.map(({ id, score }) => ({ id, score: Number(score.toPrecision(10)) })).sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1));

test('the score of an ordinary query is that of MiniSearch', () => {
  const plain = new MiniSearch({ fields: ['title', 'text'] });
  plain.addAll(documents);
  const options = { boost: { title: 2 }, prefix: (term: string) => term.length > 2, weights: { prefix: 0.1, fuzzy: 0.1 } };
  const fuzzy = (term: string) => (term.length > 4 ? 0.2 : false);
  const repeated = documents.filter(({ title }) => /\b(\w+)\b.*\b\1\b/i.test(title));
  expect(repeated.length).toBeGreaterThan(50);
  for (const { title } of [...repeated.slice(0, 60), ...documents.slice(0, 60)])
    expect(asSeen(index.search(title, null)), title).toEqual(asSeen(plain.search(title, { ...options, fuzzy }) as never));
});

describe('a long query', () => {
  test('takes the time of its first words', () => {
    expect(growth((count) => void index.search(ofTheseWords(count), null), 7_500, 3)).toBeLessThan(1.5);
    expect(growth((count) => void index.search('the package provides tools '.repeat(count), null), 2_500, 3)).toBeLessThan(1.5);
  });
  test('is that of its first different words, however often they come', () => {
    const zebras = new KeywordIndex();
    zebras.add({ id: 'early', title: '', text: 'zebra' });
    zebras.add({ id: 'late', title: '', text: 'giraffe' });
    const found = (query: string) => zebras.search(query, null).map(({ id }) => id);
    const others = (count: number) => Array.from({ length: count }, (_, i) => `w${i} w${i}`).join(' ');
    expect(found(`zebra ${others(200)} giraffe`)).toEqual(['early']);
    expect(found(`${others(63)} zebra giraffe`)).toEqual(['early']);
    expect(found(`${'zebra, '.repeat(500)} giraffe`)).toEqual(['early', 'late']);
    // Spelt wrong: of the first words alone.
    expect(found(`zebro ${others(30)} girafe`)).toEqual(['early']);
  });
  test.each([
    ['one word without an end', 'x'.repeat(1_000_000)],
    ['the same of ideographs', '東京会議'.repeat(200_000)],
    ['letters that a segmenter parts', 'ก'.repeat(1_000_000)],
    ['nothing but spaces', ' '.repeat(1_000_000)],
    ['half a letter at its end', `${'a'.repeat(9_999)}😀`],
  ])('of %s finds nothing', (_, query) => {
    expect(index.search(query, null)).toEqual<KeywordHit[]>([]);
  });
  test('a word that is too long to be spelt wrong is found as it is', () => {
    const long = new KeywordIndex();
    long.add({ id: '1', title: '', text: 'x'.repeat(5_000) });
    expect(long.search('x'.repeat(5_000), null)).toHaveLength(1);
    expect(long.search('x'.repeat(4_999), null)).toHaveLength(1); // it goes on
    expect(long.search(`y${'x'.repeat(4_999)}`, null)).toHaveLength(0);
  });
});
