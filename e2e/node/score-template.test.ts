/** Rerankers made from language models: the template by name or as Jinja source, the instruction in it, and what a bad one says. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LLM } from 'rockpool/edge';
import { load, outcome } from './tiny-model.ts';

const yesOrNo = { architectures: ['Qwen3ForSequenceClassification'], is_original_qwen3_reranker: true };
const [query, documents] = ['what is the capital of France?', ['Paris is.', 'A cat sat.']];
const INSTRUCTION = 'Given a web search query, retrieve relevant passages that answer the query';

/** Qwen3-Reranker's prompt, written out. */
const prompt = (document: string, instruction = INSTRUCTION) =>
  '<|im_start|>system\nJudge whether the Document meets the requirements based on the Query and the Instruct provided. Note that the answer can only be "yes" or "no".<|im_end|>\n' +
  `<|im_start|>user\n<Instruct>: ${instruction}\n<Query>: ${query}\n<Document>: ${document}<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\n`;

const scores = async (llm: LLM, options?: Parameters<LLM['score']>[2]) =>
  (await llm.score(query, documents, options)).map(({ outputs: { score } }) => score);

/** What the model says of a prompt that is whole: its classes are one, the score. */
async function read(llm: LLM, prompts: string[]): Promise<number[]> {
  const outputs = await llm.classify(prompts);
  return outputs.map(({ outputs: { probs } }) => probs[0]!);
}

describe('of a model whose name is known', () => {
  let llm: LLM;
  beforeAll(async () => {
    llm = await load('tiny-qwen3-reranker', { hfOverrides: yesOrNo });
  });
  afterAll(() => llm.dispose());

  test('the template is its own, with its authors’ instruction', async () => {
    const expected = await read(
      llm,
      documents.map((document) => prompt(document)),
    );
    (await scores(llm)).forEach((score, i) => expect(score).toBeCloseTo(expected[i]!, 6));
    const [output] = await llm.score(query, documents[0]!);
    const [tokens] = await llm.tokenize(prompt(documents[0]!));
    expect([...output!.prompt_token_ids]).toEqual(tokens!.tokens);
  });

  test('the instruction is the caller’s, if there is one', async () => {
    const expected = await read(
      llm,
      documents.map((document) => prompt(document, 'Find towns')),
    );
    (await scores(llm, { instruction: 'Find towns' })).forEach((score, i) => expect(score).toBeCloseTo(expected[i]!, 6));
    expect(await scores(llm, { instruction: 'Find towns' })).not.toEqual(await scores(llm));
  });

  test('a template of the caller’s takes its place, and knows nothing of its instruction', async () => {
    const chatTemplate = '{{ instruction | default("Which?", true) }} {{ query }}: {{ document }}';
    const expected = (words: string) =>
      read(
        llm,
        documents.map((document) => `${words} ${query}: ${document}`),
      );
    expect(await scores(llm, { chatTemplate })).toEqual(await expected('Which?'));
    expect(await scores(llm, { chatTemplate, instruction: 'This?' })).toEqual(await expected('This?'));
  });

  test('a query that begins with the template is not put into it again', async () => {
    const [head, tail] = prompt(documents[0]!).split('<Document>: ') as [string, string];
    const [output] = await llm.score(head, `<Document>: ${tail}`);
    const [expected] = await read(llm, [prompt(documents[0]!)]);
    expect(output!.outputs.score).toBeCloseTo(expected!, 6);
  });

  test('rerank takes them too', async () => {
    const best = await llm.rerank(query, documents, { instruction: 'Find towns', topN: 1 });
    const all = await scores(llm, { instruction: 'Find towns' });
    expect(best).toEqual([
      { index: all.indexOf(Math.max(...all)), relevance_score: Math.max(...all), document: expect.any(String) as string },
    ]);
  });
});

test('what a model is served as does not change its scores', { timeout: 60_000 }, async () => {
  const by = async (servedModelName: string) => {
    const llm = await LLM.load('e2e/models/tiny-qwen3-reranker', { hfOverrides: yesOrNo, servedModelName, onLog: () => {} });
    const found = await scores(llm);
    await llm.dispose();
    return found;
  };
  expect(await by('mine')).toEqual(await by('Qwen3-Reranker'));
});

test('what is cut is the document, and never the end of the template', { timeout: 60_000 }, async () => {
  const llm = await load('tiny-qwen3-reranker', { hfOverrides: yesOrNo });
  const long = 'Paris is the capital of France. '.repeat(40);
  const [whole] = await llm.score(query, long);
  for (const truncationSide of ['left', 'right'] as const) {
    const [cut] = await llm.score(query, long, { truncatePromptTokens: 200, truncationSide });
    expect(cut!.prompt_token_ids).toHaveLength(200);
    expect(cut!.prompt_token_ids.slice(-10)).toEqual(whole!.prompt_token_ids.slice(-10));
    expect(cut!.prompt_token_ids.slice(0, 100)).toEqual(whole!.prompt_token_ids.slice(0, 100));
  }
  await expect(llm.score(query, long, { truncatePromptTokens: 60 })).rejects.toMatchObject({ code: 'input-too-long' });
  await llm.dispose();
});

describe('of a model with another name', () => {
  const logs: string[] = [];
  let llm: LLM;
  beforeAll(async () => {
    llm = await load('tiny-qwen3-reranker', {
      servedModelName: 'mine',
      hfOverrides: yesOrNo,
      onLog: ({ message }) => logs.push(message),
    });
  });
  afterAll(() => llm.dispose());

  test('a template may be had by name, with the instruction that belongs to it', async () => {
    const expected = await read(
      llm,
      documents.map((document) => prompt(document)),
    );
    expect(await scores(llm, { chatTemplate: 'Qwen/Qwen3-Reranker-0.6B' })).toEqual(expected);
    expect(await scores(llm, { chat_template: 'qwen3-reranker' } as never)).toEqual(expected);
  });

  test('Jinja source reads the pair from messages, as vLLM’s files do', async () => {
    const chatTemplate =
      '{% for message in messages %}{% if message.role == "query" %}<q>{{ message.content }}</q>{% endif %}{% endfor %}' +
      '<d>{{ messages | selectattr("role", "eq", "document") | map(attribute="content") | first }}</d>';
    expect(await scores(llm, { chatTemplate })).toEqual(
      await read(
        llm,
        documents.map((document) => `<q>${query}</q><d>${document}</d>`),
      ),
    );
  });

  test('texts are put in as they are: no Jinja, no escapes', async () => {
    const nasty = '{{ query }} <b>&amp;</b> {% raw %}';
    const [output] = await llm.score(query, nasty, { chatTemplate: '[{{ query }}|{{ document }}]' });
    expect(output!.outputs.score).toBeCloseTo((await read(llm, [`[${query}|${nasty}]`]))[0]!, 6);
  });

  test('without one query and document are put together, with a warning', async () => {
    logs.length = 0;
    expect(await scores(llm)).toEqual(
      await read(
        llm,
        documents.map((document) => query + document),
      ),
    );
    expect(logs).toEqual([expect.stringContaining('"mine" is a language model, and no template is known for it')]);
  });

  test('limits cut the texts and not the template', async () => {
    const chatTemplate = '<{{ query }}|{{ document }}>';
    const [limited] = await llm.score('one two three', 'four five six', { chatTemplate, maxTokensPerQuery: 1, maxTokensPerDoc: 1 });
    const cut = async (text: string) => {
      const [tokens] = await llm.tokenize(text, { returnOffsets: true });
      return text.slice(0, tokens!.offsets![1]);
    };
    const [whole] = await llm.tokenize(`<${await cut('one two three')}|${await cut('four five six')}>`);
    expect([...limited!.prompt_token_ids]).toEqual(whole!.tokens);
  });

  test.each([
    [
      'qwen3-rerankr',
      /^invalid-option: chatTemplate "qwen3-rerankr" is no Jinja template: it has no \{\{ query \}\} and no \{\{ document \}\}\./,
    ],
    ['', /^invalid-option: chatTemplate "" is no Jinja template/],
    ['{{ query', /^invalid-option: The template cannot be rendered: ./],
    ['{{', /^invalid-option: The template cannot be rendered: it ends in the middle of an expression$/],
    ['{% if query %}', /^invalid-option: The template cannot be rendered: ./],
    ['{{ query | nonsense }}', /^invalid-option: The template cannot be rendered: .*nonsense/],
    ['{{ raise_exception("no such role") }}', /^invalid-option: The template cannot be rendered: no such role$/],
    [
      '{# nothing #}{{ "" }}',
      /^invalid-option: chatTemplate has no place for a query and a document: every pair would be the same prompt.$/,
    ],
    ['{{ query }}', /^invalid-option: chatTemplate has no place for a query and a document/],
    ['{{ messages[0].role }}', /^invalid-option: chatTemplate has no place for a query and a document/],
  ])('%j is refused, and the next call works', async (chatTemplate, expected) => {
    expect(await outcome(llm.score(query, documents, { chatTemplate }))).toMatch(expected);
    expect(await outcome(llm.score(query, documents, { chatTemplate: '{{ query }} {{ document }}' }))).toBe('ok');
  });
});

test('a model’s default prompt does not stand before a template', async () => {
  const saved = { prompts: { query: 'a prompt that is not for pairs ' }, default_prompt_name: 'query' };
  const files = { 'config_sentence_transformers.json': JSON.stringify(saved) };
  const llm = await load('tiny-qwen3-reranker', { hfOverrides: yesOrNo }, files);
  const [output] = await llm.score(query, documents[0]!);
  const [tokens] = await llm.tokenize(prompt(documents[0]!));
  expect([...output!.prompt_token_ids]).toEqual(tokens!.tokens);
  await llm.dispose();
});

test('a reranker of pairs takes a template too', async () => {
  const llm = await load('tiny-bert-reranker');
  const chatTemplate = '{{ query }} answered by {{ document }}';
  expect(await scores(llm, { chatTemplate })).toEqual(
    await read(
      llm,
      documents.map((document) => `${query} answered by ${document}`),
    ),
  );
  await llm.dispose();
});
