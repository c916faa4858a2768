import { describe, expect, test } from 'vitest';
import { givenTemplate, knownTemplate, renderPair } from './score-template.ts';

const texts = { query: 'what is a cat?', document: 'A cat <b>is</b> {{ not }} a "dog".', instruction: null };
const rendered = (name: string, architecture: string, instruction: string | null = null) => {
  const known = knownTemplate(name, architecture)!;
  return renderPair(known.template, { ...texts, instruction: instruction ?? known.instruction ?? null });
};

describe('a template', () => {
  test('sees the texts as variables and as messages, and as they are', async () => {
    expect(await renderPair('{{ query }} | {{ document }}', texts)).toBe(`${texts.query} | ${texts.document}`);
    const vllms =
      'Q: {{ (messages | selectattr("role", "eq", "query") | first).content }}\nD: {{ messages | selectattr("role", "eq", "document") | map(attribute="content") | first }}';
    expect(await renderPair(vllms, texts)).toBe(`Q: ${texts.query}\nD: ${texts.document}`);
    expect(await renderPair('{{ messages[0]["content"] }} {{ messages[1]["role"] }}', texts)).toBe(`${texts.query} document`);
  });
  test('sees the instruction if there is one', async () => {
    const template = '{{ instruction | default("none", true) }}';
    expect(await renderPair(template, texts)).toBe('none');
    expect(await renderPair(template, { ...texts, instruction: 'Find it' })).toBe('Find it');
  });
  test.each(['{{ query', '{% if %}', '{{ query | nonsense }}', '{{ raise_exception("no such role") }}'])(
    '%j is an error with Jinja’s words',
    async (template) => {
      await expect(renderPair(template, texts)).rejects.toMatchObject({
        code: 'invalid-option',
        message: expect.stringMatching(/^The template cannot be rendered: ./) as string,
      });
    },
  );
});

describe('a template that a caller passes', () => {
  test('is Jinja source, or the name of one that is known, with its instruction', () => {
    expect(givenTemplate('{% if true %}a\n{{ query }}{% endif %}')).toEqual({ template: '{% if true %}a\n{{ query }}{% endif %}' });
    expect(givenTemplate('Qwen3-Reranker')).toEqual(knownTemplate('Qwen3-Reranker', 'Qwen3ForCausalLM'));
    expect(givenTemplate('nemotron-rerank')).toEqual({ template: 'question:{{ query }} \n \n passage:{{ document }}' });
    // Jinja source may speak of a model.
    expect(givenTemplate('qwen3-reranker: {{ query }}')).toEqual({ template: 'qwen3-reranker: {{ query }}' });
  });
  test.each(['', 'qwen3-rerankr', '{query} {document}'])('%j is neither', (given) => {
    expect(() => givenTemplate(given)).toThrow(
      expect.objectContaining({
        code: 'invalid-option',
        message: `chatTemplate ${JSON.stringify(given)} is no Jinja template: it has no {{ query }} and no {{ document }}. Nor does rockpool come with one of that name.`,
      }),
    );
  });
});

describe('known templates', () => {
  test('of Qwen3-Reranker have its words and an instruction', async () => {
    expect(await rendered('Qwen/Qwen3-Reranker-0.6B', 'Qwen3ForCausalLM')).toBe(
      '<|im_start|>system\nJudge whether the Document meets the requirements based on the Query and the Instruct provided. Note that the answer can only be "yes" or "no".<|im_end|>\n' +
        `<|im_start|>user\n<Instruct>: Given a web search query, retrieve relevant passages that answer the query\n<Query>: ${texts.query}\n<Document>: ${texts.document}<|im_end|>\n` +
        '<|im_start|>assistant\n<think>\n\n</think>\n\n',
    );
    expect(await rendered('onnx-community/qwen3-reranker-0.6b-onnx', 'Qwen3ForSequenceClassification', 'Find it')).toContain(
      '<Instruct>: Find it\n',
    );
  });
  test('of bge-reranker-v2-gemma have its question at the end', async () => {
    expect(await rendered('BAAI/bge-reranker-v2-gemma', 'GemmaForCausalLM')).toBe(
      `A: ${texts.query}\nB: ${texts.document}\nGiven a query A and a passage B, determine whether the passage contains an answer to the query by providing a prediction of either 'Yes' or 'No'.`,
    );
  });
  test('of mxbai-rerank-v2 have its system’s words', async () => {
    const prompt = await rendered('mixedbread-ai/mxbai-rerank-base-v2', 'Qwen2ForCausalLM');
    expect(prompt).toContain(`<|im_start|>user\nquery: ${texts.query}\ndocument: ${texts.document}\nYou are a search relevance expert`);
    expect(prompt.endsWith('Relevance:<|im_end|>\n<|im_start|>assistant\n')).toBe(true);
  });
  test('of nemotron-rerank name the two texts', async () => {
    const prompt = await rendered('nvidia/llama-nemotron-rerank-1b-v2', 'LlamaBidirectionalForSequenceClassification');
    expect(prompt).toBe(`question:${texts.query} \n \n passage:${texts.document}`);
  });
  test('of zerank-2 have the query for a system, with and without an instruction', async () => {
    const tail = `<|im_end|>\n<|im_start|>user\n${texts.document}<|im_end|>\n<|im_start|>assistant\n`;
    expect(await rendered('zeroentropy/zerank-2', 'Qwen3ForCausalLM')).toBe(`<|im_start|>system\n${texts.query}${tail}`);
    expect(await rendered('zeroentropy/zerank-2', 'Qwen3ForCausalLM', 'Find it')).toBe(
      `<|im_start|>system\n<query>${texts.query}</query>\n<instruction>Find it</instruction>${tail}`,
    );
  });
  test.each([
    ['bge-reranker-v2-m3', 'XLMRobertaForSequenceClassification'],
    ['mxbai-rerank-base-v1', 'DebertaV2ForSequenceClassification'],
    ['a-bert-trained-on-qwen3-reranker-scores', 'BertForSequenceClassification'],
  ])('%s has none', (name, architecture) => expect(knownTemplate(name, architecture)).toBeNull());
});
