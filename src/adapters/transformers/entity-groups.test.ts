import { describe, expect, test } from 'vitest';
import { groupsOf } from './entity-groups.ts';

/** Entities of a row of tags, as `TAG:ids`. */
const groups = (...tags: string[]) =>
  groupsOf(tags.map((entity, index) => ({ entity, index, score: index, ids: [index], start: 2 * index, end: 2 * index + 1 }))).map(
    ({ entity_group, ids }) => `${entity_group}:${ids.join()}`,
  );

describe('tokens become entities', () => {
  test('that B- opens and I- carries on', () => expect(groups('B-PER', 'I-PER', 'B-PER', 'I-LOC')).toEqual(['PER:0,1', 'PER:2', 'LOC:3']));

  test('that E- closes', () => expect(groups('B-PER', 'E-PER', 'I-PER')).toEqual(['PER:0,1', 'PER:2']));

  test('that E- does not close if it opens them', () => expect(groups('E-PER', 'I-PER')).toEqual(['PER:0,1']));

  test('that S- opens and closes', () => expect(groups('I-PER', 'S-PER', 'I-PER')).toEqual(['PER:0', 'PER:1', 'PER:2']));

  test('that share a tag without a letter', () => expect(groups('PER', 'PER', 'B', 'X-LOC')).toEqual(['PER:0,1', 'B:2', 'X-LOC:3']));

  test('with the mean of their scores, from the first start to the last end', () => {
    const tokens = ['B-PER', 'I-PER'].map((entity, index) => ({
      entity,
      index,
      score: index / 2,
      ids: [index],
      start: 5 * index,
      end: 5 * index + 3,
    }));
    expect(groupsOf(tokens)).toEqual([{ entity_group: 'PER', score: 0.25, ids: [0, 1], start: 0, end: 8 }]);
    expect(groupsOf(tokens.map(({ start: _start, end: _end, ...rest }) => rest))).toEqual([
      { entity_group: 'PER', score: 0.25, ids: [0, 1] },
    ]);
  });
});
