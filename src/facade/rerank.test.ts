import { expect, test } from 'vitest';
import type { ScoringRequestOutput } from '../types.ts';
import { ranked } from './rerank.ts';

const scored = (...scores: number[]): ScoringRequestOutput[] =>
  scores.map((score, i) => ({ request_id: String(i), outputs: { score }, prompt_token_ids: new Int32Array(0), finished: true }));
const documents = ['a', 'b', 'c', 'd', 'e'];
const order = (topN: number, ...scores: number[]) =>
  ranked(documents.slice(0, scores.length), scored(...scores), topN).map(({ index }) => index);

test('best first, each with its place in the list and the document as it was given', () => {
  const ids = { prompt_token_ids: [1, 2] };
  expect(ranked(['a', ids], scored(-1, 0.5), 0)).toEqual([
    { index: 1, relevance_score: 0.5, document: ids },
    { index: 0, relevance_score: -1, document: 'a' },
  ]);
});

test('equal scores keep the order of the documents', () => {
  expect(order(0, 0.5, 0.9, 0.5, 0.9, 0.5)).toEqual([1, 3, 0, 2, 4]);
  // More than ten: where engines once used another sort.
  expect(
    ranked(Array.from({ length: 600 }, String), scored(...Array.from({ length: 600 }, (_, i) => i % 2)), 0).map(({ index }) => index),
  ).toEqual([...Array.from({ length: 300 }, (_, i) => 2 * i + 1), ...Array.from({ length: 300 }, (_, i) => 2 * i)]);
});

test('topN is the best so many, 0 is all, and more than there are is all', () => {
  expect(order(2, 1, 3, 2)).toEqual([1, 2]);
  expect(order(1, 1, 3, 2)).toEqual([1]);
  expect(order(0, 1, 3, 2)).toEqual([1, 2, 0]);
  expect(order(9, 1, 3, 2)).toEqual([1, 2, 0]);
});
