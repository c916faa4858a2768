/** The words of the demo rank as the library's do: what the Hybrid column joins is what stands beside it. */
import { readFileSync } from 'node:fs';
import { createIndex } from 'rockpool/search';
import type { Embedder } from 'rockpool/search';
import { expect, test } from 'vitest';
import { exampleGroups } from './examples.ts';
import { KeywordIndex } from './keyword-index.ts';
import { asDocument } from './packages.ts';
import type { Package } from './packages.ts';
import { contentWords } from './words.ts';

/** Vectors play no part here. */
const noModel = {
  info: { max_model_len: 8, prompts: {} },
  tokenize: async () => [{ count: 0 }],
  embed: async () => [{ outputs: { embedding: Float32Array.of(1) } }],
} as unknown as Embedder;

test('ranks the packages as rockpool/search does', async () => {
  const packages = JSON.parse(readFileSync(new URL('../public/packages.json', import.meta.url), 'utf8')) as Package[];
  const documents = packages.map(asDocument);
  const own = new KeywordIndex();
  await own.add(documents);
  const library = await createIndex(noModel);
  await library.add(documents.map((document) => ({ ...document, embedding: [1] })));
  const queries = [...exampleGroups.flatMap(({ examples }) => examples.map(({ text }) => text)), 'platfrom', 'to be or not to be'];
  for (const query of queries) {
    const hits = await library.search(contentWords(query), { mode: 'keyword', topK: 100 });
    expect(hits.length).toBeGreaterThan(0);
    expect(
      own
        .search(query)
        .slice(0, 100)
        .map(({ id, score }) => ({ id, score })),
    ).toEqual(hits.map(({ id, score }) => ({ id, score })));
  }
});

test('tells which words were found, and forgets what is taken out', async () => {
  const index = new KeywordIndex();
  await index.add([
    { id: 'a', title: 'Boats', text: 'A boat with two sails.' },
    { id: 'b', title: 'Trains', text: 'Sailing is slower.' },
  ]);
  expect(new Map(index.search('a sail').map(({ id, words }) => [id, words]))).toEqual(
    new Map([
      ['a', ['sails']],
      ['b', ['sailing']],
    ]),
  );
  index.remove(['a', 'never there']);
  expect(index.search('boat sail').map(({ id }) => id)).toEqual(['b']);
});
