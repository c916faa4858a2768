/** An index after any history is an index of what is left: the same hits, scores and order as one that was made of that alone. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createIndex, KeywordSearch, type IndexOptions, type SearchDocument, type SearchIndex } from '../search.ts';
import { hashModel } from './model-for-tests.ts';
import { open } from './storage/tabs-for-tests.ts';

type Step = { put: SearchDocument[] } | { remove: string[] } | { file: SearchDocument[] } | 'reload';

/** Few words, so that many documents have them, and many are as good as others. Each sentence is a passage. */
const words = fc.constantFrom('server', 'Server', 'serves', 'guide', 'café', 'cafe', 'garden', 'tulips', '東京会議', 'the');
const sentence = fc.array(words, { minLength: 3, maxLength: 5 }).map((some) => `${some.join(' ')}.`);
const document = fc.record(
  {
    id: fc.integer({ min: 0, max: 15 }).map(String),
    text: fc.array(sentence, { minLength: 1, maxLength: 4 }).map((some) => some.join(' ')),
    title: words,
    metadata: fc.record({ even: fc.boolean() }),
  },
  { requiredKeys: ['id', 'text'] },
);
const documents = fc.array(document, { maxLength: 8 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ put: documents }) },
  { weight: 2, arbitrary: fc.record({ remove: fc.array(fc.integer({ min: 0, max: 15 }).map(String), { maxLength: 6 }) }) },
  { weight: 1, arbitrary: fc.record({ file: documents }) },
  { weight: 1, arbitrary: fc.constant<Step>('reload') },
);
const history = fc.array(step, { minLength: 2, maxLength: 8 });

const MODES = ['keyword', 'semantic', 'hybrid'] as const;
const QUERIES = ['server guide', 'the cafe serves tulips', 'gardn 東京', 'server guide cafe.'];

let indexes = 0;

async function lived(steps: readonly Step[], options: IndexOptions): Promise<{ index: SearchIndex; left: SearchDocument[] }> {
  const name = `history ${indexes++}`;
  const left = new Map<string, SearchDocument>();
  let index = await open({ ...options, name });
  for (const one of steps) {
    if (one === 'reload') {
      await index.dispose();
      index = await open({ ...options, name });
    } else if ('remove' in one) {
      await index.remove(one.remove);
      for (const id of one.remove) left.delete(id);
    } else {
      const given = 'put' in one ? one.put : one.file;
      if ('put' in one) await index.add(given);
      else await index.import(await (await fresh(given, options)).export());
      for (const each of given) left.set(each.id, each);
    }
  }
  return { index, left: [...left.values()] };
}

async function fresh(of: readonly SearchDocument[], options: IndexOptions): Promise<SearchIndex> {
  const index = await createIndex(hashModel(), options);
  await index.add(of);
  return index;
}

/** Of BM25 the last digits may differ: MiniSearch keeps the mean length of a text as a running number. */
const asSeen = <T extends { score: number }>(hits: readonly T[]) =>
  hits.map((hit) => ({ ...hit, score: Number(hit.score.toPrecision(9)) }));

describe.each(['float32', 'int8', 'binary'] as const)('with %s vectors', (precision) => {
  const options: IndexOptions = { precision, passageTokens: 15 };

  test('every search answers what it would had nothing else ever been there', async () => {
    const holds = async (steps: readonly Step[]) => {
      const { index, left } = await lived(steps, options);
      // In another order than they came in.
      const other = await fresh(left.toReversed(), options);
      expect(index.size).toEqual(other.size);
      for (const query of QUERIES)
        for (const mode of MODES)
          for (const more of [{ topK: 3 }, { topK: 30 }, { topK: 2, filter: { even: true } }, { topK: 4, diversity: 0.4 }]) {
            const hits = asSeen(await index.search(query, { mode, ...more }));
            expect(hits, `${query}, ${mode}, ${JSON.stringify(more)}`).toEqual(asSeen(await other.search(query, { mode, ...more })));
          }
      for (const { id } of left.slice(0, 3)) expect(await index.similar(id, { topK: 3 })).toEqual(await other.similar(id, { topK: 3 }));
      await index.dispose();
    };
    await fc.assert(fc.asyncProperty(history, holds), { seed: 6, numRuns: 25 });
  });
});

test('so does a search by words alone, and tells the words that are there', async () => {
  const holds = async (steps: readonly SearchDocument[][], removed: readonly string[]) => {
    const [index, other] = [new KeywordSearch(), new KeywordSearch()];
    const left = new Map(steps.flat().map((one) => [one.id, one]));
    for (const some of steps) await index.add(some);
    await index.remove(removed);
    for (const id of removed) left.delete(id);
    await other.add([...left.values()].toReversed());
    const find = (one: KeywordSearch, query: string) => asSeen(one.search(query)).map((hit) => ({ ...hit, words: hit.words.toSorted() }));
    for (const query of QUERIES) expect(find(index, query)).toEqual(find(other, query));
  };
  const removed = fc.array(fc.integer({ min: 0, max: 15 }).map(String));
  await fc.assert(fc.asyncProperty(fc.array(documents, { maxLength: 4 }), removed, holds), { seed: 6, numRuns: 100 });
});
