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

const saved = async (template: string, more: Record<string, string> = {}) => ({
  'modules.json': JSON.stringify([
    module(0, 'base.modules.transformer.Transformer', ''),
    module(1, 'cross_encoder.modules.logit_score.LogitScore', '1_LogitScore'),
  ]),
  '1_LogitScore/config.json': JSON.stringify({ true_token_id: await idOf('yes'), false_token_id: await idOf('no') }),
  'chat_template.jinja': template,
  ...more,
});
const module = (idx: number, type: string, path: string) => ({ idx, name: String(idx), path, type: `sentence_transformers.${type}` });

test('the template that Sentence-Transformers saved is the one that is read', { timeout: 60_000 }, async () => {
  const files = await saved(chatTemplate);
  // Under a name that no known template has.
  const llm = await load('tiny-qwen3-reranker', { servedModelName: 'mine' }, files);
  const outputs = await llm.score(queries, documents, { ...rest, ...(instruction !== undefined && { instruction }) });
  outputs.forEach(({ outputs: { score } }, i) => expect(score).toBeCloseTo(expected.scores![i]!, 4));
  await llm.dispose();
});

const idsOf = async (files: Record<string, string>, name: string, options = {}) => {
  const logs: string[] = [];
  const llm = await load('tiny-qwen3-reranker', { servedModelName: name, onLog: ({ message }) => logs.push(message) }, files);
  const [output] = await llm.score('a query', 'a document', options);
  const text = async (prompt: string) => (await llm.tokenize(prompt))[0]!.tokens;
  const found = { ids: [...output!.prompt_token_ids], logs: logs.join(' '), text };
  return found;
};
const SYSTEM =
  '{% for m in messages %}{% if m.role == "system" %}[{{ m.content }}] {% endif %}{% endfor %}{{ messages[-2].content }} | {{ messages[-1].content }}';

test('an instruction, or else the files’ default prompt, is its system message', async () => {
  const plain = await idsOf(await saved(SYSTEM), 'mine');
  expect(plain.ids).toEqual(await plain.text('a query | a document'));
  const asked = await idsOf(await saved(SYSTEM), 'mine', { instruction: 'find towns' });
  expect(asked.ids).toEqual(await asked.text('[find towns] a query | a document'));
  const config = JSON.stringify({ prompts: { q: 'find rivers' }, default_prompt_name: 'q' });
  const byDefault = await idsOf(await saved(SYSTEM, { 'config_sentence_transformers.json': config }), 'mine');
  expect(byDefault.ids).toEqual(await byDefault.text('[find rivers] a query | a document'));
});

test('contents in parts are given as parts', async () => {
  const { ids, text } = await idsOf(await saved('{{ messages[0].content[0].text }} / {{ messages[1].content[0].text }}'), 'mine');
  expect(ids).toEqual(await text('a query / a document'));
});

test('one that was inherited and knows no query is not used, and said to be', async () => {
  const inherited = '{% for m in messages %}{% if m.role == "user" %}{{ m.content }}{% endif %}{% endfor %}';
  const unknown = await idsOf(await saved(inherited), 'mine');
  expect(unknown.logs).toContain('has no place for a query and a document');
  expect(unknown.ids).toEqual(await unknown.text('a querya document'));
  const known = await idsOf(await saved(inherited), 'Qwen3-Reranker');
  expect(known.ids.length).toBeGreaterThan(100);
});
