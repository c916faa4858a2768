/** What withFallback and a remote leave behind: no listener, no canary a text, no warning of too many listeners. */
import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { PoolingLLM } from 'rockpool/remote';
import { fallback } from './remote-machines.ts';
import { load } from './tiny-model.ts';

const warnings: string[] = [];
const onWarning = ({ name, message }: Error) => void warnings.push(`${name}: ${message}`);
beforeEach(() => {
  warnings.length = 0;
  process.on('warning', onWarning);
});
afterEach(() => void process.off('warning', onWarning));

/** Warnings come in a later turn. */
const heard = async () => (await new Promise((resolve) => setTimeout(resolve, 20)), warnings);

/** `calls`: how many texts each had. */
async function counting() {
  const llm = await load('tiny-bert-poolings');
  const calls: number[] = [];
  const embed = llm.embed.bind(llm) as (...args: unknown[]) => Promise<never>;
  Object.assign(llm, { embed: (prompts: unknown, ...rest: unknown[]) => (calls.push([prompts].flat().length), embed(prompts, ...rest)) });
  return { llm: llm as unknown as PoolingLLM, calls };
}

test('the words of a prompt need no canary of their own, only that there is one does', async () => {
  const { llm, calls } = await counting();
  const { llm: either } = await fallback([llm]);
  const prompts = ['a: ', 'b: ', undefined, 'c: '];
  const vectors = [];
  for (const prompt of prompts) vectors.push((await either.embed('x', prompt === undefined ? {} : { prompt }))[0]!.outputs.embedding);
  expect(calls.filter((texts) => texts === 1)).toHaveLength(4);
  expect(calls).toHaveLength(6);
  // The caller's own words reach the model.
  expect(vectors[0]).not.toEqual(vectors[1]);
});

test('a call with a signal leaves nothing on it, nor on any that lives as long as the LLM', async () => {
  // What `any` makes stays in a list of each of its signals, in Node 20.
  const any = vi.spyOn(AbortSignal, 'any');
  const { llm } = await fallback([() => load('tiny-bert-poolings')]);
  const { signal } = new AbortController();
  for (let i = 0; i < 3; i++) await llm.embed('x', { signal });
  expect([any.mock.calls.length, getEventListeners(signal, 'abort').length]).toEqual([0, 0]);
  any.mockRestore();
});

test('30 calls at once are nothing to warn of', async () => {
  const { llm } = await fallback([() => load('tiny-bert-poolings')]);
  await Promise.all(Array.from({ length: 30 }, (_, i) => llm.embed(`text ${i}`)));
  expect(await heard()).toEqual([]);
});
