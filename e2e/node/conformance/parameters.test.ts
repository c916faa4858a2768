/** vLLM’s tests of the parameters of a request, on tiny models in the large ones’ place: docs/conformance.md. */
import { describe, expect, test } from 'vitest';
import type { LLM } from 'rockpool/edge';
import type { PoolingParams } from '../../../src/types.ts';
import { close, model, normalized, prompts, sigmoid, softmax, vectors } from './tiny.ts';

describe('activation and normalize, true, false and not set', () => {
  test('of a classifier, by request and by overridePoolerConfig', async () => {
    await using llm = await model('tiny-bert-classifier');
    await using off = await model('tiny-bert-classifier', { overridePoolerConfig: { activation: false } });
    const probs = async (of: LLM, poolingParams: PoolingParams) => (await of.classify(prompts[0]!, { poolingParams }))[0]!.outputs.probs;
    const raw = await probs(llm, { activation: false });
    const unset = await probs(llm, {});
    expect(raw).not.toEqual(unset);
    close(softmax(raw), unset);
    close(await probs(llm, { activation: true }), unset);
    close(await probs(llm, { use_activation: false }), raw);
    close(await probs(off, {}), raw);
    close(await probs(off, { activation: true }), unset);
  });

  test('of an embedding model, by request and by overridePoolerConfig', async () => {
    await using llm = await model('tiny-bert-dense');
    await using off = await model('tiny-bert-dense', { overridePoolerConfig: { normalize: false } });
    const [unset, on, raw] = [await vectors(llm), await vectors(llm, { normalize: true }), await vectors(llm, { normalize: false })];
    expect(raw).not.toEqual(on);
    for (const [i, row] of raw.entries()) {
      close(normalized(row), on[i]!);
      close(unset[i]!, on[i]!);
      close((await vectors(off))[i]!, row);
    }
  });

  test('of a reward model, whose rewards are not activated unless asked', async () => {
    await using llm = await model('tiny-qwen2-reward');
    await using on = await model('tiny-qwen2-reward', { overridePoolerConfig: { softmax: true } });
    const rewards = async (of: LLM, params: PoolingParams = {}) =>
      (await of.reward(prompts[0]!, { poolingParams: params }))[0]!.outputs.data;
    const raw = await rewards(llm);
    close(await rewards(llm, { softmax: false }), raw);
    close(await rewards(llm, { softmax: true }), sigmoid(raw));
    close(await rewards(on), sigmoid(raw));
  });

  test('of token states, which get the softmax only if it is asked for by name', async () => {
    await using llm = await model('tiny-bert-dense');
    const states = async (poolingParams: PoolingParams) => (await llm.encode(prompts[0]!, { poolingParams }))[0]!.outputs;
    const {
      data,
      shape: [rows, width],
    } = await states({});
    const activated = await states({ softmax: true });
    expect(activated.shape).toEqual([rows, width]);
    const row = (of: Float32Array, i: number) => of.subarray(i * width, (i + 1) * width);
    for (let i = 0; i < rows; i++) close(row(activated.data, i), softmax(row(data, i)));
    close((await states({ softmax: false })).data, data);
    // Both: of the row of unit length.
    for (const both of [{ normalize: true }, { use_activation: true }]) {
      const { data: of } = await states({ softmax: true, ...both });
      for (let i = 0; i < rows; i++) close(row(of, i), softmax(normalized(row(data, i))));
    }
  });

  test('of a reranker', async () => {
    await using llm = await model('tiny-bert-reranker');
    const scores = async (poolingParams: PoolingParams) =>
      (await llm.score(prompts[0]!, prompts, { poolingParams })).map(({ outputs }) => outputs.score);
    close(sigmoid(await scores({ activation: false })), await scores({}));
    close(await scores({ activation: true }), await scores({}));
  });

  test('an activation means nothing to cosine scores, and is refused', async () => {
    await using llm = await model('tiny-bert-dense');
    await expect(llm.score('a', 'b', { poolingParams: { activation: true } })).rejects.toThrow('Task embed only supports');
  });
});

describe('dimensions', () => {
  const refused = async (llm: LLM, dimensions: number) =>
    expect(vectors(llm, { dimensions })).rejects.toMatchObject({ code: 'invalid-option' });

  test('of a model that declares one are that one, cut and then normalised', async () => {
    await using llm = await model('tiny-bert-dense', { hfOverrides: { matryoshka_dimensions: [16] } });
    const whole = await vectors(llm, { normalize: false });
    for (const [i, cut] of (await vectors(llm, { dimensions: 16 })).entries()) close(cut, normalized(whole[i]!.slice(0, 16)));
    await refused(llm, -1);
    await refused(llm, 5);
  });

  test('of a model that declares none are refused', async () => {
    await using llm = await model('tiny-bert-dense', { hfOverrides: { is_matryoshka: false } });
    await refused(llm, -1);
    await refused(llm, 16);
  });
});

describe('prompts and their parameters', () => {
  test('are as many, or one for all, or none', async () => {
    await using llm = await model('tiny-bert-poolings');
    await expect(llm.encode(prompts, { poolingParams: [{}] })).rejects.toThrow('The lengths of prompts and params must be the same.');
    for (const options of [{ poolingParams: {} }, { poolingParams: prompts.map(() => ({})) }, {}])
      expect(await llm.encode(prompts, options)).toHaveLength(prompts.length);
  });

  test('flags and sizes may differ in one call', async () => {
    await using llm = await model('tiny-bert-dense', { hfOverrides: { is_matryoshka: true } });
    const each = [{ dimensions: 8 }, { normalize: false }, {}] satisfies PoolingParams[];
    const mixed = await llm.embed(prompts, { poolingParams: each });
    for (const [i, params] of each.entries()) close(mixed[i]!.outputs.embedding, (await vectors(llm, params))[i]!);
  });

  test('of a process-reward model one column alone is a probability by sigmoid, as vLLM’s PoolerClassify', async () => {
    const one = { pooling_type: 'STEP', step_tag_id: 3, returned_token_ids: [1] } as const;
    await using good = await model('tiny-qwen2-prm', { overridePoolerConfig: one });
    await using both = await model('tiny-qwen2-prm', {
      overridePoolerConfig: { ...one, returned_token_ids: [0, 1], use_activation: false },
    });
    const text = 'two<extra_0> and three<extra_0>';
    const { data, shape } = (await good.reward(text))[0]!.outputs;
    const raw = (await both.reward(text))[0]!.outputs;
    expect([shape, raw.shape]).toEqual([
      [2, 1],
      [2, 2],
    ]);
    close(data, sigmoid([raw.data[1]!, raw.data[3]!]));
  });

  test('ids are taken as they are, one list or several, and give the vector of their text', async () => {
    await using llm = await model('tiny-bert-poolings');
    const ids = (await llm.tokenize(prompts)).map(({ tokens }) => tokens);
    const outputs = await llm.embed(ids);
    for (const [i, vector] of (await vectors(llm)).entries()) close(outputs[i]!.outputs.embedding, vector);
    expect((await llm.embed([1, 1, 1, 1, 1]))[0]!.prompt_token_ids).toHaveLength(5);
    await expect(llm.embed([1, -1, 1])).rejects.toMatchObject({ code: 'invalid-input' });
  });

  test('tokenize gives ids, their strings and the limit', async () => {
    await using llm = await model('tiny-bert-poolings');
    const [first] = await llm.tokenize(prompts[1]!);
    expect(first).toMatchObject({ count: first!.tokens.length, max_model_len: 480 });
    expect(first!.token_strs).toHaveLength(first!.count);
    expect((await llm.embed(prompts[1]!))[0]!.prompt_token_ids).toEqual(Int32Array.from(first!.tokens));
  });
});
