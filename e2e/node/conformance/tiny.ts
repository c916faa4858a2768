/** Tiny models, texts and comparisons that the tests beside this file share. */
import { join } from 'node:path';
import { expect } from 'vitest';
import { LLM } from 'rockpool/edge';
import type { LoadOptions, PoolingParams } from '../../../src/types.ts';

export const root = join(import.meta.dirname, '../../..');
export const quiet = { onLog: () => {} };
export const model = (name: string, options: LoadOptions = {}) => LLM.load(join(root, 'e2e/models', name), { ...quiet, ...options });

export const prompts = ['The capital of Brazil is Brasilia.', 'The capital of France is Paris.', 'a'];
export const long = 'The capital of Brazil is Brasilia. '.repeat(100);

export const softmax = (row: ArrayLike<number>) => {
  const exp = Array.from(row, Math.exp);
  return exp.map((value) => value / exp.reduce((sum, each) => sum + each, 0));
};
export const sigmoid = (row: ArrayLike<number>) => Array.from(row, (value) => 1 / (1 + Math.exp(-value)));
export const norm = (row: ArrayLike<number>) => Math.hypot(...Array.from(row));
export const normalized = (row: ArrayLike<number>) => Array.from(row, (value) => value / norm(row));

/** vLLM allows 1e-2, since two of its runs in half precision differ; here both sides are float32. */
export function close(actual: ArrayLike<number>, expected: ArrayLike<number>) {
  expect(actual).toHaveLength(expected.length);
  Array.from(actual).forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 5));
}

export async function vectors(llm: LLM, poolingParams: PoolingParams = {}) {
  return (await llm.embed(prompts, { poolingParams })).map(({ outputs }) => outputs.embedding);
}
