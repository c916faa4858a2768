/** Search by words without a model. Expected: what an index of the same documents finds, and the words that a reader sees in both. */
import { expect, test } from 'vitest';
import { createIndex, KeywordSearch } from '../search.ts';
import { hashModel } from './model-for-tests.ts';

const documents = [
  { id: 'tokyo', text: '昨日、東京で会議がありました。' },
  { id: 'coffee', title: '咖啡', text: '我喜欢喝咖啡和茶。' },
  { id: 'boat', title: 'Boats', text: 'A boat with two sails.' },
  { id: 'train', text: 'Sailing is slower than the platform.', metadata: { wheels: 8 } },
];
const find = (words: KeywordSearch, query: string) => words.search(query).map(({ id }) => id);

test('hits and scores are those of an index with mode keyword, in any writing', async () => {
  const [words, index] = [new KeywordSearch(), await createIndex(hashModel())];
  await words.add(documents);
  await index.add(documents);
  for (const query of ['東京', '東', '咖啡', 'boat', 'sail', 'platfrom', '茶 sails', 'nothing of it']) {
    const hits = await index.search(query, { mode: 'keyword' });
    expect(words.search(query).map(({ id, score }) => ({ id, score }))).toEqual(hits.map(({ id, score }) => ({ id, score })));
  }
  expect(find(words, '会議')).toEqual(['tokyo']);
});

test('the words that fit are told, as the documents have them', async () => {
  const words = new KeywordSearch();
  await words.add(documents);
  const told = Object.fromEntries(words.search('boat sail').map(({ id, words: found }) => [id, found.sort()]));
  expect(told).toEqual({ boat: ['boat', 'boats', 'sails'], train: ['sailing'] });
  expect(words.search('東京')[0]!.words).toEqual(['東京']);
});

test('with the accents that the document has, so that they can be marked', async () => {
  const words = new KeywordSearch();
  await words.add([
    { id: 'with', text: 'Un CAFÉ, rue de la Straße.' },
    { id: 'without', title: 'Cafe', text: 'A strasse.' },
    { id: 'both', text: 'Café or cafe?' },
  ]);
  const told = (query: string) => Object.fromEntries(words.search(query).map(({ id, words: found }) => [id, found.sort()]));
  expect(told('cafe')).toEqual({ with: ['café'], without: ['cafe'], both: ['cafe', 'café'] });
  expect(told('STRASSE')).toEqual({ with: ['straße'], without: ['strasse'] });
  await words.remove(['with', 'both']);
  expect(told('straße')).toEqual({ without: ['strasse'] });
});

test('what is replaced or removed is not found any more', async () => {
  const words = new KeywordSearch();
  await words.add(documents);
  await words.add([{ id: 'boat', text: 'Now it is about gardens.' }]);
  expect(find(words, 'sail')).toEqual(['train']);
  expect(find(words, 'gardens')).toEqual(['boat']);
  expect(await words.remove(['boat', 'boat', 'never there'])).toBe(1);
  expect(find(words, 'gardens')).toEqual([]);
  await words.add([{ ...documents[2]!, embedding: [1] }]);
  expect(find(words, 'boat')).toEqual(['boat']);
});

test('what is no document is refused', async () => {
  const words = new KeywordSearch();
  await expect(words.add([documents[0]!, { id: 'x' } as never])).rejects.toMatchObject({ code: 'invalid-input' });
  expect(find(words, '東京')).toEqual(['tokyo']);
  for (const list of ['boat', documents[0], null, undefined])
    for (const call of [words.add(list as never), words.remove(list as never)])
      await expect(call).rejects.toMatchObject({ code: 'invalid-input', message: expect.stringContaining('Expected a list of') as string });
});

test('so is a query that is no text', () => {
  const words = new KeywordSearch();
  for (const query of [undefined, null, 3, ['boat'], {}])
    expect(() => words.search(query as never)).toThrow(expect.objectContaining({ code: 'invalid-input' }));
  expect(words.search('')).toEqual([]);
});
