/** Searches under a filter. */
import { expect, test } from 'vitest';
import { filled, ids } from './word-model-for-tests.ts';

test.each<[object, string[]]>([
  [{ color: 'red' }, ['c']],
  [{ color: ['red', 'blue'] }, ['c', 'd']],
  [{ year: { gte: 2010 } }, ['b', 'c']],
  [{ year: { gt: 2001, lt: 2020 } }, ['b']],
  [{ year: { lte: 2001 } }, ['a']],
  [{ color: { not: 'red' }, year: 2010 }, ['b']],
  [{ tags: 'soft' }, ['a']],
  [{ answers: true }, ['d']],
  [{ year: null }, ['d']],
  [{ year: { gt: '1' } }, []],
  [{ constructor: 'x' }, []],
  [{ color: [] }, []],
  [{}, ['a', 'b', 'c', 'd']],
  [{ answers: { not: 'maybe' } }, ['a', 'b', 'c']],
  [{ color: { gt: 'blue', lte: 'grey' } }, ['a', 'b']],
])('where %j holds', async (filter, expected) => {
  const index = await filled();
  for (const mode of ['semantic', 'hybrid'] as const) {
    expect(ids(await index.search('cat dog fish train', { filter: filter as never, mode })).sort()).toEqual(expected);
  }
});
test.each<[string, unknown]>([
  ['a function', () => false],
  ['null', null],
  ['a text', 'red'],
  ['a list', ['red']],
  ['a Map', new Map([['color', 'red']])],
  ['a condition of nothing', { color: undefined }],
  ['a condition without an operator', { year: {} }],
  ['a condition that is a function', { color: () => false }],
  ['a condition that is a Date', { year: new Date(0) }],
  ['NaN', { year: NaN }],
  ['a list in a list', { color: [['red']] }],
  ['a range from a Date', { year: { gt: new Date(0) } }],
  ['a range to nothing', { year: { gt: 1, lt: undefined } }],
  ['a range of truth', { year: { gt: true } }],
  ['none of several', { color: { not: ['red'] } }],
  ['what objects have by birth', { color: { toString: 1 } }],
  ['what objects have by birth', { color: { constructor: 1 } }],
  ['what objects have by birth', { color: JSON.parse('{ "__proto__": 1 }') }],
])('%s is no filter, and answers nothing', async (_, filter) => {
  const index = await filled();
  for (const call of [() => index.search('cat', { filter: filter as never }), () => index.similar('a', { filter: filter as never })])
    await expect(call()).rejects.toMatchObject({ code: 'invalid-option', message: expect.stringMatching(/filter/) });
});
