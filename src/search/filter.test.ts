/** Conditions on metadata that is a list. Those on single values are in search-index.test.ts. */
import { describe, expect, test } from 'vitest';
import { passes } from './filter.ts';
import type { Condition, Metadata } from './search-types.ts';

const lists: Record<string, Metadata> = {
  both: { years: [1999, 2005] },
  late: { years: [2005, 2010] },
  wide: { years: [1990, 2020] },
  words: { years: ['2005', 'soon'] },
  none: { years: [] },
  one: { years: 2005 },
  missing: {},
};

describe('of a list', () => {
  test.each<[what: string, condition: Condition, those: string[]]>([
    ['a value is of one member', 1999, ['both']],
    ['one of several values is of one member', [1999, 2020], ['both', 'wide']],
    ['a bound is kept by one member', { gt: 2005 }, ['late', 'wide']],
    ['the bound itself is within', { gte: 2005, lte: 2005 }, ['both', 'late', 'one']],
    ['both bounds are kept by the same member', { gte: 2000, lt: 2010 }, ['both', 'late', 'one']],
    ['texts are compared with texts', { gte: '2005' }, ['words']],
    ['no member is what is excluded', { not: 2005 }, ['wide', 'words', 'none', 'missing']],
    ['a member is within, and none is what is excluded', { lte: 2005, not: 1999 }, ['late', 'wide', 'one']],
    ['null is what is missing, not what is empty', null, ['missing']],
  ])('%s: %j', (_, condition, those) => {
    const test = passes({ years: condition });
    expect(Object.keys(lists).filter((name) => test(lists[name]!))).toEqual(those);
  });
});
