/** Scores of embedding models with a prompt for each side, as their files name them. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LLM } from 'rockpool/edge';
import { load, outcome } from './tiny-model.ts';

const [query, documents] = ['what is the capital of France?', ['Paris is.', 'A cat sat on the mat.']];
let llm: LLM;
beforeAll(async () => {
  llm = await load('tiny-jina-v3');
});
afterAll(() => llm.dispose());

const vectors = async (texts: string | string[], promptName?: string) =>
  (await llm.embed(texts, promptName ? { promptName } : {})).map(({ outputs: { embedding } }) => embedding);
const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
const scores = async (options?: Parameters<LLM['score']>[2]) =>
  (await llm.score(query, documents, options)).map(({ outputs: { score } }) => score);

test('each side has the prompt and the adapter of its name', async () => {
  const [q] = await vectors(query, 'retrieval.query');
  const expected = (await vectors(documents, 'retrieval.passage')).map((vector) => dot(q!, vector));
  const found = await scores({ queryPromptName: 'retrieval.query', documentPromptName: 'retrieval.passage' });
  found.forEach((score, i) => expect(score).toBeCloseTo(expected[i]!, 5));
  const plain = await scores();
  expect(Math.abs(plain[0]! - found[0]!)).toBeGreaterThan(1e-3);
});

test('a name that the model does not have is refused, and an empty one is none', async () => {
  expect(await outcome(llm.score(query, documents, { queryPromptName: 'nothing' }))).toMatch(
    /^invalid-option: Model .* has no prompt "nothing"/,
  );
  const [q] = await vectors(query, 'retrieval.query');
  const ids = (await llm.score(query, documents, { queryPromptName: '' }))[0]!.prompt_token_ids;
  expect(q).toHaveLength(32);
  const [bare] = await llm.tokenize(query);
  expect(Array.from(ids.subarray(0, bare!.count))).toEqual(bare!.tokens);
});

test('a cross-encoder has no prompts', async () => {
  const reranker = await load('tiny-bert-reranker');
  expect(await outcome(reranker.score(query, documents, { queryPromptName: 'query' }))).toMatch(
    /^invalid-option: queryPromptName and documentPromptName are for/,
  );
  await reranker.dispose();
});
