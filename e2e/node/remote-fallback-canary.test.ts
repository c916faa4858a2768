/** withFallback and the canary itself: options that fit no canary and models that take none. */
import { describe, expect, test } from 'vitest';
import type { PoolingLLM } from 'rockpool/remote';
import { fallback, failing } from './remote-machines.ts';
import { outcome } from './remote-server.ts';
import { load } from './tiny-model.ts';

/** Refuses all texts but these: as a server does whose limit or filter the canary hits. */
async function refusingOthers(model: string, own: readonly string[], fails: () => string | null): Promise<PoolingLLM> {
  const llm = await failing(model, fails);
  const embed = llm.embed.bind(llm) as (...args: unknown[]) => Promise<never>;
  const refusal = () => Promise.reject(Object.assign(new Error('not that text'), { name: 'PoolingError', code: 'input-too-long' }));
  const isOwn = (prompts: unknown) => [prompts].flat().every((prompt) => own.includes(prompt as string));
  Object.assign(llm, { embed: (prompts: unknown, ...rest: unknown[]) => (isOwn(prompts) ? embed(prompts, ...rest) : refusal()) });
  return llm;
}

describe('Two models are not mixed', () => {
  test('where the options speak of the caller’s own text', async () => {
    let fails: string | null = null;
    const { llm, told } = await fallback([await failing('tiny-bert-poolings', () => fails), () => load('tiny-bert-dense')]);
    const options = { poolingParams: { late_chunking_params: { char_ranges: [[0, 100], [100, 200]] as [number, number][] } } }; // prettier-ignore
    const text = 'the capital of France is Paris and '.repeat(8);
    expect(await llm.tokenEmbed(text, options)).toHaveLength(1);
    fails = 'device-lost';
    expect(await outcome(llm.tokenEmbed(text, options))).toMatch(/^model-mismatch/);
    expect(told()).toEqual(['0>1 device-lost']);
  });

  test('and the same model still answers to them', async () => {
    let fails: string | null = null;
    const { llm } = await fallback([await failing('tiny-bert-poolings', () => fails), () => load('tiny-bert-poolings')]);
    const options = { poolingParams: { late_chunking_params: { char_ranges: [[0, 9], [9, 20]] as [number, number][] } } }; // prettier-ignore
    const before = await llm.tokenEmbed('the capital of France', options);
    fails = 'device-lost';
    const after = await llm.tokenEmbed('the capital of France', options);
    expect(after[0]!.outputs.data).toEqual(before[0]!.outputs.data);
  });

  test('where the first takes short texts only', async () => {
    let fails: string | null = null;
    const { llm, told } = await fallback([
      await failing('tiny-bert-poolings', () => fails, { maxModelLen: 16 }),
      () => load('tiny-bert-dense'),
      () => load('tiny-bert-poolings', { maxModelLen: 16 }),
    ]);
    await llm.embed('Paris');
    fails = 'device-lost';
    expect(await outcome(llm.embed('Paris'))).toBe('ok');
    expect(told()).toEqual(['0>1 device-lost', '1>2 model-mismatch']);
  });

  test('where the first takes no canary at all: no other is trusted, and itself it is', async () => {
    let fails: string | null = null;
    const first = await refusingOthers('tiny-bert-poolings', ['Paris'], () => fails);
    const { llm } = await fallback([first, () => load('tiny-bert-poolings')], { coolDown: 0 });
    await llm.embed('Paris');
    fails = 'device-lost';
    expect(await outcome(llm.embed('Paris'))).toMatch(/^model-mismatch: .*model 0: made up \| model 1: .*takes no canary text/);
    fails = null;
    expect(await outcome(llm.embed('Paris'))).toBe('ok');
  });

  test('where the second takes none', async () => {
    let fails: string | null = null;
    const second = await refusingOthers('tiny-bert-poolings', ['Paris'], () => null);
    const { llm } = await fallback([await failing('tiny-bert-poolings', () => fails), second]);
    await llm.embed('Paris');
    fails = 'device-lost';
    expect(await outcome(llm.embed('Paris'))).toMatch(/^model-mismatch: .*takes no canary text/);
  });

  test('but what was refused by a model was handed out to nobody: another may be the first', async () => {
    let fails: string | null = null;
    const first = await refusingOthers('tiny-bert-poolings', ['Paris'], () => fails);
    const { llm } = await fallback([first, () => load('tiny-bert-dense')]);
    expect(await outcome(llm.embed('London'))).toMatch(/^input-too-long/);
    fails = 'device-lost';
    expect(await outcome(llm.embed('Paris'))).toBe('ok');
  });
});
