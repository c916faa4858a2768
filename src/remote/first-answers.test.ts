/** Which model was first, by what was asked for: kept for so many sets of options, and nobody else is trusted after that. */
import { expect, test } from 'vitest';
import type { ModelInfo } from '../types.ts';
import { FirstAnswers } from './first-answers.ts';
import { Member } from './member.ts';

const never = () => new Promise<never>(() => {});
const [one, other] = [new Member(never, 0), new Member(never, 1)];
const info = {} as ModelInfo;
const answer = [Float32Array.of(1, 2)];

test('another model has to agree; one without an answer is trusted to be itself', () => {
  const first = new FirstAnswers();
  expect(first.refusal('a', { answer, of: one, info }, 0.99)).toBeNull();
  expect(first.refusal('a', { answer, of: other, info }, 0.99)).toBeNull();
  expect(first.refusal('a', { answer: [Float32Array.of(-1, 2)], of: other, info }, 0.99)).toMatchObject({ code: 'model-mismatch' });
  expect(first.refusal('a', { answer: null, of: one, info }, 0.99)?.message).toMatch(/takes no canary text/);
  expect(first.refusal('b', { answer: null, of: one, info }, 0.99)).toBeNull();
  expect(first.refusal('b', { answer, of: other, info }, 0.99)?.message).toMatch(/takes no canary text/);
  expect(first.refusal('b', { answer, of: one, info }, 0.99)).toBeNull();
  expect(first.refusal('b', { answer, of: other, info }, 0.99)).toBeNull();
});

test('what is not kept any more is compared with nothing: only the model that was first may be it again', () => {
  const first = new FirstAnswers();
  for (let i = 0; i < 33; i++) first.refusal(String(i), { answer, of: one, info }, 0.99);
  expect(first.get('0')).toBeUndefined();
  expect(first.refusal('0', { answer, of: other, info }, 0.99)?.message).toMatch(/not kept any more/);
  expect(first.refusal('32', { answer, of: other, info }, 0.99)).toBeNull();
  expect(first.refusal('0', { answer, of: one, info }, 0.99)).toBeNull();
});
