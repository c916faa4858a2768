/** Of a document with several passages the one that was found counts, whatever comes after; and its many passages take no place of another document. */
import { describe, expect, test, vi } from 'vitest';
import { createIndex, type IndexOptions, type SearchDocument } from '../search.ts';
import { hashModel } from './model-for-tests.ts';
import { PassageTable } from './passage-table.ts';
import { packVector } from './row-format.ts';
import type { Embedder, Reranker } from './search-types.ts';
import { topK } from './top-k.ts';

const MEANINGS = ['red', 'green', 'blue', 'fish'];

/** What a text means: how often it names each of these, brought to unit length. */
function vectorOf(text: string): Float32Array {
  const counts = Float32Array.from(MEANINGS, (word) => text.split(word).length - 1);
  const norm = Math.hypot(...counts);
  return counts.map((value) => value / norm);
}

const embed = async (texts: string | string[]) => [texts].flat().map((text) => ({ outputs: { embedding: vectorOf(text) } }));

/** Each sentence is a passage. */
async function filled(documents: readonly SearchDocument[], options: IndexOptions = {}) {
  const index = await createIndex({ ...hashModel(), embed } as unknown as Embedder, { passageTokens: 13, ...options });
  await index.add(documents);
  return index;
}

const SENTENCE = { red: 'It is red red red, it is red.', green: 'Then comes green green green.', fish: 'At last a fish fish fish.' };
const three = { id: 'three', text: `${SENTENCE.red} ${SENTENCE.green} ${SENTENCE.fish}` };

describe.each([{ precision: 'float32' }, { precision: 'int8' }, { coarse: { precision: 'int8' } }] as const)('with %j', (options) => {
  test('a reranker reads the passage that was found, and the hit is that passage', async () => {
    const index = await filled([three, { id: 'other', text: 'All blue blue blue.' }], options);
    expect(index.size.passages).toBe(4);
    const rerank = vi.fn(async (_: string, texts: string[]) => texts.map((_, i) => ({ index: i, relevance_score: 1 - i })));
    for (const [query, mode] of [
      ['fish', 'semantic'],
      ['fish', 'keyword'],
      ['green', 'hybrid'],
    ] as const) {
      const [hit] = await index.search(query, { mode, topK: 1, rerank: { rerank } as unknown as Reranker });
      expect(rerank.mock.lastCall![1][0]!.trim()).toBe(SENTENCE[query]);
      expect(hit!.passage.text.trim()).toBe(SENTENCE[query]);
    }
  });

  test('diversity compares the passages that were found', async () => {
    // To `red` both are as near: the one by a passage like that of `first`, after one that is unlike; the other by one that is unlike.
    const index = await filled(
      [
        { id: 'first', text: 'red red red red green.' },
        { id: 'like', text: 'Here a fish fish fish fish. Then red red red and green.' },
        { id: 'unlike', text: 'Green green green, then green. red red red, and then blue.' },
      ],
      options,
    );
    const order = async (diversity: number) => (await index.search('red', { mode: 'semantic', topK: 2, diversity })).map(({ id }) => id);
    expect(await order(0)).toEqual(['first', 'like']);
    expect(await order(0.7)).toEqual(['first', 'unlike']);
  });

  test('similar documents are alike in any passages of both', async () => {
    const index = await filled(
      [
        three,
        { id: 'nearest', text: 'Here is blue blue blue blue. And one more: fish fish fish.' },
        { id: 'near', text: 'Some red red, and blue blue.' },
      ],
      options,
    );
    const [first, second] = await index.similar('three', { topK: 2 });
    expect([first!.id, second!.id]).toEqual(['nearest', 'near']);
    expect(first!.passage.text).toBe('And one more: fish fish fish.');
  });

  test('a book whose passages are all the nearest is one hit, and others follow', async () => {
    const book = { id: 'book', text: Array.from({ length: 120 }, (_, i) => `Page ${i + 100} is red red red.`).join(' ') };
    const others = Array.from({ length: 5 }, (_, i) => ({ id: `${i}`, text: `${'red '.repeat(6 - i)}green.` }));
    const index = await filled([book, ...others], options);
    expect(index.size.passages).toBe(125);
    const hits = await index.search('red', { mode: 'semantic', topK: 5 });
    expect(hits.map(({ id }) => id)).toEqual(['book', '0', '1', '2', '3']);
  });
});

test('a device is asked for more rows until there are enough documents, and until no other is as near', async () => {
  const table = new PassageTable(2, 'float32', undefined);
  const at = (angle: number) => packVector(table.format, Float32Array.of(Math.cos(angle), Math.sin(angle)));
  table.add(
    0,
    Array.from({ length: 50 }, () => at(0.1)),
  );
  for (let key = 1; key < 30; key++) table.add(key, [at(key < 3 ? 0.2 : 0.3)]);
  const query = Float32Array.of(1, 0);
  // Answers as a GPU would.
  const asked = vi.spyOn(table.scan, 'nearest').mockImplementation(async ([vector], most, keep) => {
    const scores = Array.from({ length: table.count }, (_, row) =>
      table.vector(row).reduce((sum, value, i) => sum + value * vector![i]!, 0),
    );
    const rows = topK(scores, scores.length, most, keep);
    return [{ rows, scores: Float32Array.from(rows, (row) => scores[row]!) }];
  });
  const documents = async (k: number) => (await table.nearest([query], k, null))[0]!.map(({ document }) => document).sort((a, b) => a - b);
  expect(await documents(3)).toEqual([0, 1, 2]);
  expect(asked.mock.calls.map(([, most]) => most)).toEqual([6, 24, 96]);
  // All that are as near as the fifth.
  expect(await documents(5)).toEqual(Array.from({ length: 30 }, (_, key) => key));
});
