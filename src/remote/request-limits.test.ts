/** Inputs split into requests, by limits that only go down. */
import { describe, expect, test } from 'vitest';
import { groupsOf, RequestLimits } from './request-limits.ts';

const one = () => '';

describe('groups', () => {
  test('are of the most inputs that a request may have, in order', () => {
    expect(groupsOf([0, 1, 2, 3, 4], { inputs: 2, size: 9 }, () => 1, one)).toEqual([[0, 1], [2, 3], [4]]);
    expect(groupsOf([4, 2, 7], { inputs: 2, size: 9 }, () => 1, one)).toEqual([[4, 2], [7]]);
    expect(groupsOf([], { inputs: 2, size: 9 }, () => 1, one)).toEqual([]);
  });

  test('have one key each', () => {
    expect(groupsOf([0, 1, 2, 3], { inputs: 9, size: 9 }, () => 1, (i) => String(i % 2))).toEqual([[0, 2], [1, 3]]); // prettier-ignore
  });

  test('close before their texts are too many for a body, and one long text goes alone', () => {
    const sizes = [200_000, 100_000, 1, 900_000, 5];
    expect(groupsOf([0, 1, 2, 3, 4], new RequestLimits(9, () => {}), (i) => sizes[i]!, one)).toEqual([[0, 1], [2], [3], [4]]);
  });
});

test('limits go down, never up, and are told when they do', () => {
  const told: string[] = [];
  const limits = new RequestLimits(256, (what) => told.push(what));
  limits.lower({});
  limits.lower({ inputs: 300 });
  limits.lower({ inputs: 32 });
  limits.lower({ inputs: 64, size: 1_000 });
  limits.lower({ size: 1_000 });
  expect([limits.inputs, limits.size]).toEqual([32, 1_000]);
  expect(told).toEqual(['32 inputs', '1000 characters']);
});
