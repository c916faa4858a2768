/** The words of the page: what they find is the library's, whose tests say what that is. */
import { expect, test } from 'vitest';
import { KeywordIndex } from './keyword-index.ts';

test('finds words of any writing, tells which were found, and forgets what is taken out', async () => {
  const index = new KeywordIndex();
  expect(index.search('boat')).toEqual([]);
  await index.add([
    { id: 'a', title: 'Boats', text: 'A boat with two sails.' },
    { id: 'b', title: 'Trains', text: 'Sailing is slower.' },
    { id: 'c', title: '', text: '昨日、東京で会議がありました。' },
  ]);
  expect(new Map(index.search('a sail').map(({ id, words }) => [id, words]))).toEqual(
    new Map([
      ['a', ['sails']],
      ['b', ['sailing']],
    ]),
  );
  expect(index.search('東京').map(({ id }) => id)).toEqual(['c']);
  await index.remove(['a', 'never there']);
  expect(index.search('boat sail').map(({ id }) => id)).toEqual(['b']);
  index.clear();
  expect(index.search('sail')).toEqual([]);
});
