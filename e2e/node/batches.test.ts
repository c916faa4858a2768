/** A text or pair alone and in any mix gives the same answer within 1e-5: for every task, padding on either side, heads in the graph or here. */
import { expect, test } from 'vitest';
import type { LLM } from 'rockpool/edge';
import { load, randomFrom, wordsFrom } from './tiny-model.ts';

interface Subject {
  name: string;
  model: string;
  load?: Parameters<typeof load>[1];
  /** One flat list of numbers for each prompt. */
  call(llm: LLM, prompts: string[]): Promise<number[][]>;
}

const rows = (outputs: { outputs: { data: Float32Array } }[]) => outputs.map(({ outputs: { data } }) => [...data]);
const probs = async (llm: LLM, prompts: string[]) => (await llm.classify(prompts)).map((output) => [...output.outputs.probs]);
const vectors = async (llm: LLM, prompts: string[]) => (await llm.embed(prompts)).map((output) => [...output.outputs.embedding]);
const scores = async (llm: LLM, prompts: string[], options?: Parameters<LLM['score']>[2]) =>
  (await llm.score('what is the capital of France?', prompts, options)).map(({ outputs: { score } }) => [score]);

const yesOrNo = { architectures: ['Qwen3ForSequenceClassification'], is_original_qwen3_reranker: true };
/** The space before a word that starts with a character of several bytes, or with a digit. */
const steps = { pooling_type: 'STEP', step_tag_id: 226 } as const;
const subjects: Subject[] = [
  { name: 'classify', model: 'tiny-bert-classifier', call: probs },
  { name: 'classify, a decoder whose graph looks for the padding', model: 'tiny-gpt2-classifier', call: probs },
  { name: 'classify, ModernBERT', model: 'tiny-modernbert-classifier', call: probs },
  { name: 'classify, several labels', model: 'tiny-distilbert-multilabel', call: probs },
  { name: 'tokenClassify', model: 'tiny-roberta-token-classifier', call: async (llm, prompts) => rows(await llm.tokenClassify(prompts)) },
  { name: 'reward', model: 'tiny-qwen2-reward', call: async (llm, prompts) => rows(await llm.reward(prompts)) },
  {
    name: 'reward by steps',
    model: 'tiny-qwen2-prm',
    load: { overridePoolerConfig: steps },
    call: async (llm, prompts) => rows(await llm.reward(prompts)),
  },
  { name: 'tokenEmbed', model: 'tiny-colbert', call: async (llm, prompts) => rows(await llm.tokenEmbed(prompts)) },
  { name: 'tokenEmbed of a decoder', model: 'tiny-qwen3-embed', call: async (llm, prompts) => rows(await llm.tokenEmbed(prompts)) },
  { name: 'embed of a decoder, padded on the left', model: 'tiny-qwen3-embed', call: vectors },
  { name: 'embed, several poolings', model: 'tiny-bert-poolings', call: vectors },
  { name: 'embed, with Dense modules', model: 'tiny-gemma3-embed', call: vectors },
  { name: 'score of pairs', model: 'tiny-bert-reranker', call: scores },
  { name: 'score of pairs without type ids', model: 'tiny-xlmr-reranker', call: scores },
  { name: 'score by yes and no', model: 'tiny-qwen3-reranker', load: { hfOverrides: yesOrNo }, call: scores },
  { name: 'score by late interaction', model: 'tiny-colbert', call: scores },
  { name: 'score by cosine', model: 'tiny-qwen3-embed', call: scores },
  {
    name: 'score of long documents',
    model: 'tiny-bert-reranker',
    load: { maxModelLen: 40 },
    call: (llm, prompts) => scores(llm, prompts, { longDocuments: 'mean' }),
  },
];

/** Printed with a failure: put it here to see it again. */
const seed = Date.now() % 1e6;

test.each(subjects.map((subject) => [subject.name, subject] as const))(
  '%s: a text has the values alone that it has in any mix',
  async (name, { model, load: options, call }) => {
    const llm = await load(model, options);
    const random = randomFrom(seed);
    const prompts = Array.from({ length: 24 }, () => wordsFrom(random, 1 + Math.floor(random() ** 2 * 60)));
    const alone: number[][] = [];
    for (const prompt of prompts) alone.push((await call(llm, [prompt]))[0]!);
    // They differ among each other, or nothing is proved.
    expect(new Set(alone.map(String)).size, `seed ${seed}`).toBeGreaterThan(prompts.length / 3);
    let worst = 0;
    for (let round = 0; round < 3; round++) {
      const mix = Array.from({ length: 40 }, () => Math.floor(random() * prompts.length));
      const together = await call(
        llm,
        mix.map((i) => prompts[i]!),
      );
      expect(together).toHaveLength(mix.length);
      together.forEach((values, at) => {
        const expected = alone[mix[at]!]!;
        expect(values.length, `seed ${seed}, round ${round}, prompt ${at}`).toBe(expected.length);
        // Relative to the value, as rewards and MaxSim are sums, and float32 has seven digits.
        const off = Math.max(0, ...values.map((value, i) => Math.abs(value - expected[i]!) / Math.max(1, Math.abs(expected[i]!))));
        expect(off, `seed ${seed}, round ${round}, prompt ${at}: ${JSON.stringify(prompts[mix[at]!])}`).toBeLessThan(1e-5);
        worst = Math.max(worst, off);
      });
    }
    await llm.dispose();
    console.log(`${name}: seed ${seed}, worst difference ${worst.toExponential(1)}`);
  },
);

test('calls that run at once share batches, and each keeps its own parameters', async () => {
  const llm = await load('tiny-bert-poolings', { hfOverrides: { matryoshka_dimensions: [16, 8] } });
  const random = randomFrom(seed);
  const prompts = Array.from({ length: 30 }, () => wordsFrom(random, 1 + Math.floor(random() * 20)));
  const ask = (i: number) => [{}, { dimensions: 8 }, { normalize: false }, { dimensions: 16, normalize: false }][i % 4]!;
  const one = async (i: number) => (await llm.embed(prompts[i]!, { poolingParams: ask(i) }))[0]!.outputs.embedding;
  const alone: Float32Array[] = [];
  for (const i of prompts.keys()) alone.push(await one(i));
  const atOnce = await Promise.all([...prompts.keys()].map(one));
  const [listed] = await Promise.all([llm.embed(prompts, { poolingParams: prompts.map((_, i) => ask(i)) }), llm.score('a', prompts)]);
  for (const [i, expected] of alone.entries()) {
    for (const vector of [atOnce[i]!, listed[i]!.outputs.embedding]) {
      expect(vector.length, `seed ${seed}, prompt ${i}`).toBe(expected.length);
      expect(Math.max(...vector.map((value, d) => Math.abs(value - expected[d]!))), `seed ${seed}, prompt ${i}`).toBeLessThan(1e-5);
    }
  }
  await llm.dispose();
});
