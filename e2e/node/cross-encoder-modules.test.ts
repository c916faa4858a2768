/** A CrossEncoder made of Sentence-Transformers' modules: its last Dense gives the logits, and rockpool computes it behind the pooling. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { load, outcome } from './tiny-model.ts';

const dense = join(import.meta.dirname, '../models/tiny-bert-dense/2_Dense/config.json');
const modulesOf = (...kinds: string[]) =>
  JSON.stringify(
    ['', '1_Pooling', '2_Dense', '4_Normalize'].slice(0, kinds.length).map((path, idx) => ({
      idx,
      name: String(idx),
      path,
      type: `sentence_transformers.models.${kinds[idx]}`,
    })),
  );
const config = JSON.parse(readFileSync(dense, 'utf8')) as Record<string, unknown>;
const asScores = {
  'modules.json': modulesOf('Transformer', 'Pooling', 'Dense'),
  '2_Dense/config.json': JSON.stringify({ ...config, module_input_name: 'sentence_embedding', module_output_name: 'scores' }),
};

test('what its Dense gives are the logits of its classes, and nothing of it is an embedding', async () => {
  const embedder = await load('tiny-bert-dense', {}, { 'modules.json': modulesOf('Transformer', 'Pooling', 'Dense') });
  const prompts = ['the capital of France', '', 'a second text that is longer than the first'];
  const raw = { poolingParams: { normalize: false } };
  const expected = (await embedder.embed(prompts, raw)).map(({ outputs: { embedding } }) => [...embedding]);
  await embedder.dispose();

  const llm = await load('tiny-bert-dense', {}, asScores);
  expect(llm.info.tasks.toSorted()).toEqual(['classify', 'encode', 'token_embed']);
  const logits = await llm.classify(prompts, { poolingParams: { activation: false } });
  const probs = await llm.classify(prompts);
  for (const [i, values] of expected.entries()) {
    logits[i]!.outputs.probs.forEach((value, d) => expect(value).toBeCloseTo(values[d]!, 5));
    const sum = values.reduce((all, value) => all + Math.exp(value), 0);
    probs[i]!.outputs.probs.forEach((value, d) => expect(value).toBeCloseTo(Math.exp(values[d]!) / sum, 5));
  }
  expect(await outcome(llm.embed('a'))).toMatch(/^unsupported-task: Embedding API is not supported by this model\./);
  await llm.dispose();
});
