import { expect, test } from 'vitest';
import { PoolingError } from '../errors.ts';
import { isPassing } from './failures.ts';

test('what the next call may find repaired passes, a caller’s mistake does not, nor do others’ errors', () => {
  expect(isPassing(new PoolingError('worker-crashed', ''))).toBe(true);
  expect(isPassing(new PoolingError('input-too-long', ''))).toBe(false);
  expect(isPassing(Object.assign(new Error(), { code: 'overloaded' }))).toBe(false);
  expect(isPassing(undefined)).toBe(false);
});

test('the LLM’s entry has a copy of the class of its own', () => {
  expect(isPassing(Object.assign(new Error(), { name: 'PoolingError', code: 'overloaded' }))).toBe(true);
});
