/** A CrossEncoder that Sentence-Transformers 6 made from a language model: modules.json with LogitScore, and chat_template.jinja. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
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

// transformers 5.23, apply_chat_template with tokenize=True on this tokenizer: no special tokens but those that the template writes.
test('special tokens by name and processing_kwargs are given to it, and nothing is put around it', async () => {
  const pair = '{{ messages[0].content }} {{ messages[1].content }}';
  const ids = async (template: string, more: Record<string, string> = {}) => (await idsOf(await saved(template, more), 'mine')).ids;
  const bare = await ids(pair);
  expect(await ids(`{{ pad_token }}${pair}{{ eos_token }}`)).toEqual([0, ...bare, 2]);
  const asks = `${pair}{% if add_generation_prompt %} GO{% endif %}`;
  const kwargs = { 'sentence_bert_config.json': JSON.stringify({ processing_kwargs: { chat_template: { add_generation_prompt: true } } }) };
  expect(await ids(asks)).toEqual(bare);
  expect(await ids(asks, kwargs)).toEqual(await ids(`${pair} GO`));
  const withBos = { 'tokenizer.json': JSON.stringify(addsBos()) };
  expect(await ids(pair, withBos)).toEqual(bare);
  expect(await ids(`{{ pad_token }}${pair}`, withBos)).toEqual([0, ...bare]);
});

/** The tokenizer with a post-processor that puts its first special token, id 0, before every text. */
function addsBos(): object {
  const path = join(import.meta.dirname, '../models/tiny-qwen3-reranker/tokenizer.json');
  const tokenizer = JSON.parse(readFileSync(path, 'utf8')) as { added_tokens: { id: number; content: string }[] };
  const { id, content } = tokenizer.added_tokens[0]!;
  const [token, text] = [{ SpecialToken: { id: content, type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }];
  const second = { Sequence: { id: 'B', type_id: 0 } };
  const special_tokens = { [content]: { id: content, ids: [id], tokens: [content] } };
  return {
    ...tokenizer,
    post_processor: { type: 'TemplateProcessing', single: [token, text], pair: [token, text, second], special_tokens },
  };
}

test('a text that happens to begin as the template does is a text like any other', async () => {
  const llm = await load('tiny-qwen3-reranker', { servedModelName: 'mine' }, await saved('Q {{ query }} D {{ document }} END'));
  const text = async (prompt: string) => (await llm.tokenize(prompt))[0]!.tokens;
  const ids = async (query: string, document: string) => [...(await llm.score(query, document))[0]!.prompt_token_ids];
  expect(await ids('Q fever', 'a document')).toEqual(await text('Q Q fever D a document END'));
  // Written out by the caller, as vLLM 0.10 needs it.
  expect(await ids('Q fever D ', 'a document END')).toEqual(await text('Q fever D a document END'));
  await llm.dispose();
});

test('one that refuses a query and a document gives way to a known one, and without one is an error', async () => {
  const chat = "{{ raise_exception('Conversation roles must alternate') }}";
  const known = await idsOf(await saved(chat), 'Qwen3-Reranker');
  expect(known.ids.length).toBeGreaterThan(100);
  expect(known.logs).toContain('has no place for a query and a document');
  await expect(idsOf(await saved(chat), 'mine')).rejects.toMatchObject({
    code: 'unsupported-model',
    message: expect.stringMatching(
      /^The chat template in the files of "mine" .*Conversation roles must alternate.*`chatTemplate`/,
    ) as string,
  });
});
