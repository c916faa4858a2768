/** withFallback never mixes two models: the canary, what it is asked, and models that come back as others. */
import { describe, expect, test } from 'vitest';
import { LLM as LocalLLM, type LoadOptions } from 'rockpool/edge';
import { createHandler } from 'rockpool/server';
import { keep } from './remote-connections.ts';
import { fallback, failing, Machine, machine, texts, vectors } from './remote-machines.ts';
import { outcome } from './remote-server.ts';
import { load } from './tiny-model.ts';

describe('Two models', () => {
  /** Vectors of the same size, and of another meaning. */
  const other: LoadOptions = { overridePoolerConfig: { pooling_type: 'CLS' } };

  test('are not mixed: the second is refused', async () => {
    const server = new Machine(keep(await load('tiny-bert-poolings', other)));
    let fails: string | null = null;
    const { llm } = await fallback([await failing('tiny-bert-poolings', () => fails), server.connect]);
    await llm.embed(texts);
    fails = 'worker-crashed';
    const said = await outcome(llm.embed(texts));
    expect(said).toMatch(
      /^model-mismatch: No model of withFallback could answer. model 0: made up \| model 1: Model 1 of withFallback \("tiny-bert-poolings"\) is not used: .* a cosine of /,
    );
  });

  test('nor by options that nobody asked for before', async () => {
    const server = new Machine(keep(await load('tiny-bert-poolings', other)));
    let fails: string | null = null;
    const { llm } = await fallback([await failing('tiny-bert-poolings', () => fails), server.connect]);
    await llm.embed(texts);
    fails = 'worker-crashed';
    for (const options of [{ poolingParams: { normalize: true } }, { prompt: 'query: ' }, { addSpecialTokens: false }])
      expect(await outcome(llm.embed(texts, options))).toMatch(/^model-mismatch: .* a cosine of /);
  });

  test('nor is the first, when it comes back as another', async () => {
    const server = await machine();
    const { llm, told } = await fallback([server.connect, () => load('tiny-bert-poolings')], { coolDown: 0 });
    await llm.embed(texts);
    server.isUp = false;
    await llm.embed(texts);
    server.isUp = true;
    server.handler = createHandler(keep(await load('tiny-bert-poolings', other)));
    const outputs = vectors(await llm.embed(texts));
    const own = vectors(await keep(await load('tiny-bert-poolings')).embed(texts));
    expect(outputs).toEqual(own);
    expect(told()).toEqual(['0>1 server-error', '0>1 model-mismatch']);
  });

  test('whose vectors have another length are two: one normalises, the other does not', async () => {
    const server = new Machine(keep(await load('tiny-bert-poolings', { overridePoolerConfig: { normalize: true } })));
    let fails: string | null = null;
    const bare = await load('tiny-bert-poolings', { overridePoolerConfig: { normalize: false } });
    const first = bare as unknown as { embed: (...args: unknown[]) => Promise<never> };
    const own = first.embed.bind(bare);
    first.embed = (...args) => (fails ? Promise.reject(Object.assign(new Error(fails), { code: fails })) : own(...args));
    const { llm } = await fallback([bare, server.connect]);
    await llm.embed(texts);
    fails = 'device-lost';
    expect(await outcome(llm.embed(texts))).toMatch(/^model-mismatch: .*numbers that lie .* of their size apart/);
  });

  test('of scores are compared by their scores', async () => {
    const server = await machine('tiny-xlmr-reranker');
    let fails: string | null = null;
    const { llm } = await fallback([await failing('tiny-bert-reranker', () => fails), server.connect], { minCosine: 0.9999 });
    await llm.score('q', texts);
    fails = 'worker-crashed';
    expect(await outcome(llm.score('q', texts))).toMatch(/^model-mismatch/);
  });

  test('of the same weights agree, and the first’s canary is kept from when it was well', async () => {
    const server = await machine();
    const { llm } = await fallback([server.connect, () => load('tiny-bert-poolings')], { minCosine: 1 });
    await llm.embed(texts);
    server.isUp = false;
    expect(await llm.embed(texts)).toHaveLength(3);
  });
});

describe('The canary is asked as the caller asks', () => {
  test('a head that has to be named, and a template that the model does not have itself', async () => {
    const miniLm = new URL('../../models/all-MiniLM-L6-v2', import.meta.url);
    const sections = new URL('../../models/heads/debian-sections', import.meta.url);
    const { llm } = await fallback([await LocalLLM.load(miniLm, { heads: { a: sections, b: sections }, onLog: () => {} })]);
    const [output] = await llm.classify('a parser', { head: 'a' });
    expect(output!.outputs.num_classes).toBeGreaterThan(1);
    expect(await llm.applyChatTemplate([{ role: 'user', content: 'x' }], { chatTemplate: '{{ messages[0].content }}' })).toBe('x');
    expect(await outcome(llm.classify('a parser'))).toMatch(/^invalid-option: Name the head/);
    expect(await outcome(llm.classify('a parser', { head: 'none' }))).toMatch(/^invalid-option: There is no head/);
  });
});
