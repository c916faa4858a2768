/** A CrossEncoder that Sentence-Transformers 6 made from a language model: modules.json with LogitScore, and chat_template.jinja. */
import { expect, test } from 'vitest';
import { load, oracleCase } from './tiny-model.ts';

const { args, options, expected } = oracleCase('tiny-qwen3-reranker', 'two-way/template');
const { chatTemplate, instruction, ...rest } = options as { chatTemplate: string; instruction?: string };
const [queries, documents] = args as [string, string[]];

/** As `CrossEncoder.save_pretrained` writes it: token ids of the words, the second for no. */
const idOf = async (word: string) => {
  const llm = await load('tiny-qwen3-reranker');
  const [output] = await llm.tokenize(word, { addSpecialTokens: false });
  await llm.dispose();
  return output!.tokens[0]!;
};

test('the template that Sentence-Transformers saved is the one that is read', { timeout: 60_000 }, async () => {
  const module = (idx: number, type: string, path: string) => ({ idx, name: String(idx), path, type: `sentence_transformers.${type}` });
  const files = {
    'modules.json': JSON.stringify([
      module(0, 'base.modules.transformer.Transformer', ''),
      module(1, 'cross_encoder.modules.logit_score.LogitScore', '1_LogitScore'),
    ]),
    '1_LogitScore/config.json': JSON.stringify({ true_token_id: await idOf('yes'), false_token_id: await idOf('no') }),
    'chat_template.jinja': chatTemplate,
  };
  // Under a name that no known template has.
  const llm = await load('tiny-qwen3-reranker', { servedModelName: 'mine' }, files);
  const outputs = await llm.score(queries, documents, { ...rest, ...(instruction !== undefined && { instruction }) });
  outputs.forEach(({ outputs: { score } }, i) => expect(score).toBeCloseTo(expected.scores![i]!, 4));
  await llm.dispose();
});
