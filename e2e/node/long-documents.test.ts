/** A document that is too long for a reranker: cut into parts, scored part by part, joined by the largest or the mean. Off unless asked for. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LLM } from 'rockpool/edge';
import { load, outcome, randomFrom, wordsFrom } from './tiny-model.ts';

const words = (count: number) => wordsFrom(randomFrom(count), count);
const query = 'what is the capital of France?';
const best = (scores: readonly number[]) => Math.max(...scores);
const mean = (scores: readonly number[]) => scores.reduce((sum, score) => sum + score, 0) / scores.length;

/** Ids of a text without special tokens. */
const idsOf = async (llm: LLM, text: string) => (await llm.tokenize(text, { addSpecialTokens: false }))[0]!.tokens;
const scoresOf = async (llm: LLM, ...args: Parameters<LLM['score']>) => (await llm.score(...args)).map(({ outputs: { score } }) => score);

describe.each([
  ['tiny-bert-reranker', 3],
  ['tiny-xlmr-reranker', 4],
])('%s', (model, specials) => {
  let llm: LLM;
  beforeAll(async () => {
    // Parts of few tokens, so that documents of a page have many.
    llm = await load(model, { maxModelLen: 48 });
  });
  afterAll(() => llm.dispose());

  test.each([60, 100, 400])('the score of %i words is that of the parts, cut by hand', async (count) => {
    // Words of one token, so that parts cut between tokens are texts that have these tokens again.
    const single: string[] = [];
    for (const word of 'a b c d e f g h the of and to in is 1 2 3'.split(' '))
      if ((await idsOf(llm, `a ${word}`)).length === 2) single.push(word);
    expect(single.length).toBeGreaterThan(3);
    const random = randomFrom(count);
    const document = Array.from({ length: count }, () => single[Math.floor(random() * single.length)]!);
    const room = 48 - specials - (await idsOf(llm, query)).length;
    const parts: string[] = [];
    for (let start = 0; start < count; start += room) parts.push(document.slice(start, start + room).join(' '));
    expect(parts.length).toBeGreaterThan(1);

    const byHand = await llm.score(query, parts);
    const scores = byHand.map(({ outputs: { score } }) => score);
    const [longest] = await llm.score(query, document.join(' '), { longDocuments: 'max' });
    const [average] = await llm.score(query, document.join(' '), { long_documents: 'mean' });
    expect(longest!.outputs.score).toBeCloseTo(best(scores), 5);
    expect(average!.outputs.score).toBeCloseTo(mean(scores), 5);
    expect(best(scores) - mean(scores)).toBeGreaterThan(1e-3);
    expect([...longest!.prompt_token_ids]).toEqual(byHand.flatMap(({ prompt_token_ids }) => [...prompt_token_ids]));
  });

  test('a document that fits has the score that it has without', async () => {
    const texts = ['', 'Paris', words(4)];
    expect(await scoresOf(llm, query, texts, { longDocuments: 'mean' })).toEqual(await scoresOf(llm, query, texts));
  });

  test('short and long ones go together, in their order', async () => {
    const texts = [words(200), 'Paris', words(60)];
    const alone: number[] = [];
    for (const text of texts) alone.push(...(await scoresOf(llm, query, text, { longDocuments: 'max' })));
    (await scoresOf(llm, query, texts, { longDocuments: 'max' })).forEach((score, i) => expect(score).toBeCloseTo(alone[i]!, 5));
    const ranked = await llm.rerank(query, texts, { longDocuments: 'max' });
    expect(ranked.map(({ index }) => index)).toEqual([0, 1, 2].sort((a, b) => alone[b]! - alone[a]!));
  });

  test('a limit of the document comes first', async () => {
    const document = words(200);
    const [limited] = await scoresOf(llm, query, document, { longDocuments: 'mean', maxTokensPerDoc: 5 });
    expect(limited).toBeCloseTo((await scoresOf(llm, query, document, { maxTokensPerDoc: 5 }))[0]!, 6);
  });

  test('it is off by default, and refused together with a cut', async () => {
    const { length } = [...(await idsOf(llm, query)), ...(await idsOf(llm, words(60)))];
    expect(await outcome(llm.score(query, words(60)))).toBe(
      `input-too-long: The decoder prompt (length ${length + specials}) is longer than the maximum model length of 48. Make sure that \`max_model_len\` is no smaller than the number of text tokens.`,
    );
    expect(await outcome(llm.score(query, words(60), { longDocuments: 'max', truncatePromptTokens: -1 }))).toBe(
      'invalid-option: longDocuments keeps all of a long pair and truncatePromptTokens cuts it: set one.',
    );
    expect(await outcome(llm.score(query, 'Paris', { longDocuments: 'sum' as 'max' }))).toBe(
      'invalid-option: longDocuments must be "max" or "mean", got "sum".',
    );
  });

  test('a query that leaves no room is said to be too long, and can be limited', async () => {
    const long = words(60);
    const { length } = await idsOf(llm, long);
    expect(await outcome(llm.score(long, 'Paris', { longDocuments: 'max' }))).toBe(
      `input-too-long: The query has ${length} tokens, and with ${specials} special tokens it leaves no room for a document in the 48 tokens that the model takes. Shorten the query, or pass maxTokensPerQuery.`,
    );
    expect(await outcome(llm.score(long, words(60), { longDocuments: 'max', maxTokensPerQuery: 20 }))).toBe('ok');
  });

  test('progress counts every part', async () => {
    const seen: [done: number, total: number][] = [];
    const document = words(200);
    const [output] = await llm.score(query, document, { longDocuments: 'max', onProgress: ({ done, total }) => seen.push([done, total]) });
    const parts = Math.ceil(output!.prompt_token_ids.length / 48);
    expect(seen.at(-1)).toEqual([parts, parts]);
    expect(new Set(seen.map(([, total]) => total))).toEqual(new Set([parts]));
  });
});

describe('with a template', () => {
  const chatTemplate = 'Is "{{ document }}" an answer to "{{ query }}"?';
  const hfOverrides = { architectures: ['Qwen3ForSequenceClassification'], is_original_qwen3_reranker: true };
  let llm: LLM;
  beforeAll(async () => {
    llm = await load('tiny-qwen3-reranker', { servedModelName: 'custom', maxModelLen: 96, hfOverrides });
  });
  afterAll(() => llm.dispose());

  test('each part is a prompt of its own, none too long, and none of the document is lost', async () => {
    const document = words(200);
    const progress = { parts: 0 };
    const onProgress = ({ total }: { total: number }) => void (progress.parts = total);
    const [longest] = await llm.score(query, document, { chatTemplate, longDocuments: 'max', onProgress });
    const [average] = await llm.score(query, document, { chatTemplate, longDocuments: 'mean' });
    expect(progress.parts).toBeGreaterThan(2);
    // The prompts one behind the other: the template's first words tell where each begins.
    const start = await idsOf(llm, 'Is "');
    const ids = [...longest!.prompt_token_ids];
    const begins = ids.flatMap((_, i) => (start.every((id, k) => ids[i + k] === id) ? [i] : []));
    expect(begins).toHaveLength(progress.parts);
    const prompts = begins.map((begin, i) => ids.slice(begin, begins[i + 1]));
    for (const prompt of prompts) expect(prompt.length).toBeLessThanOrEqual(96);
    const scores: number[] = [];
    for (const prompt of prompts) scores.push((await llm.classify(prompt))[0]!.outputs.probs[0]!);
    expect(longest!.outputs.score).toBeCloseTo(best(scores), 5);
    expect(average!.outputs.score).toBeCloseTo(mean(scores), 5);
    expect(ids.length).toBeGreaterThan((await idsOf(llm, document)).length);
  });

  test('one that fits has the score that it has without', async () => {
    const options = { chatTemplate, longDocuments: 'mean' as const };
    expect(await scoresOf(llm, query, 'Paris', options)).toEqual(await scoresOf(llm, query, 'Paris', { chatTemplate }));
  });

  test('it is off by default, and a query that is too long is said to be', async () => {
    expect(await outcome(llm.score(query, words(100), { chatTemplate }))).toMatch(/^input-too-long: The decoder prompt \(length \d+\)/);
    expect(await outcome(llm.score(words(100), words(100), { chatTemplate, longDocuments: 'max' }))).toBe(
      'input-too-long: The query and the template alone fill the 96 tokens that the model takes. Shorten the query, or pass maxTokensPerQuery.',
    );
    expect(await outcome(llm.score(words(100), 'a', { chatTemplate, longDocuments: 'max', truncatePromptTokens: 9 }))).toBe(
      'invalid-option: longDocuments keeps all of a long pair and truncatePromptTokens cuts it: set one.',
    );
  });

  test('without a template query and document are one text, and its special tokens are around every part', async () => {
    const withStart = await load(
      'tiny-qwen3-reranker',
      { servedModelName: 'custom', maxModelLen: 96, hfOverrides },
      startsWith('<|im_start|>'),
    );
    const [output] = await withStart.score(query, words(200), { longDocuments: 'max' });
    const lead = (await withStart.tokenize(query))[0]!.tokens;
    expect(withStart.info.tasks).toContain('score');
    expect(lead[0]).toBe((await withStart.tokenize('<|im_start|>', { addSpecialTokens: false }))[0]!.tokens[0]);
    const ids = [...output!.prompt_token_ids];
    const parts = Array.from({ length: Math.ceil(ids.length / 96) }, (_, i) => ids.slice(96 * i, 96 * i + 96));
    expect(parts.length).toBeGreaterThan(2);
    const scores: number[] = [];
    for (const part of parts) {
      expect(part.slice(0, lead.length)).toEqual(lead);
      scores.push((await withStart.classify(part))[0]!.outputs.probs[0]!);
    }
    expect(output!.outputs.score).toBeCloseTo(best(scores), 5);
    // Where the two meet, one text may have other tokens than two: of a pair that fits nothing is changed.
    const plain = await withStart.score('Par', 'is');
    const asked = await withStart.score('Par', 'is', { longDocuments: 'max' });
    expect(asked[0]!.prompt_token_ids).toEqual(plain[0]!.prompt_token_ids);
    await withStart.dispose();
  });
});

/** The tokenizer of the model, with a token before every text. */
function startsWith(token: string): Record<string, string> {
  const json = JSON.parse(readFileSync(join(import.meta.dirname, '../models/tiny-qwen3-reranker/tokenizer.json'), 'utf8')) as {
    added_tokens: { id: number; content: string }[];
  };
  const { id } = json.added_tokens.find(({ content }) => content === token)!;
  const first = [{ SpecialToken: { id: token, type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }];
  const post_processor = {
    type: 'TemplateProcessing',
    single: first,
    pair: [...first, { Sequence: { id: 'B', type_id: 0 } }],
    special_tokens: { [token]: { id: token, ids: [id], tokens: [token] } },
  };
  return { 'tokenizer.json': JSON.stringify({ ...json, post_processor }) };
}
