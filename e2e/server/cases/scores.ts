/** POST /score and /v1/score: sides of all names and shapes; cross-encoders, cosines and MaxSim. */
import { badRequest, head, noSuchModel, refusal, usage, type Case } from '../case.ts';
import { close, reference } from '../oracle.ts';
import type { ModelName } from '../servers.ts';

/** vLLM's answer with the reference's scores. Cosines are of two texts, and the fixture does not count their tokens. */
function scored(model: ModelName, id: string, tokens = reference(model, id).tokens): Pick<Case, 'gives'> {
  const data = reference(model, id).expected.scores!.map((score, index) => ({ index, object: 'score', score: close(score) }));
  return { gives: { ...head('score', model), data, usage: tokens === 0 ? countsTokens : usage(tokens) } };
}

function countsTokens(value: unknown): string | null {
  const { prompt_tokens: prompt, total_tokens: total, ...rest } = value as Record<string, unknown>;
  const isRight = Number(prompt) > 0 && prompt === total && JSON.stringify(rest) === '{"completion_tokens":0,"prompt_tokens_details":null}';
  return isRight ? null : JSON.stringify(value);
}

export const sides = (model: ModelName, id: string) => reference(model, id).args as [string | string[], string | string[]];
const [query, documents] = sides('reranker', 'one-to-many') as [string, string[]];
export const parts = (text: string) => ({ content: [{ type: 'text', text }] });
const named = (first: string, second: string, model: ModelName, id: string) => {
  const [a, b] = sides(model, id);
  return { model, [first]: a, [second]: b };
};
const both = (model: ModelName, id: string) => named('text_1', 'text_2', model, id);

const pairs: Case[] = [
  ...[
    ['text_1', 'text_2'],
    ['data_1', 'data_2'],
    ['queries', 'documents'],
    ['queries', 'items'],
  ].map(([first, second]): Case => ({
    name: `${first} and ${second}`,
    path: '/score',
    body: named(first!, second!, 'reranker', 'one-to-many'),
    ...scored('reranker', 'one-to-many'),
  })),
  { name: 'the other path', path: '/v1/score', body: both('reranker', 'one-to-many'), ...scored('reranker', 'one-to-many') },
  { name: 'one to one', path: '/score', body: both('reranker', 'one-to-one'), ...scored('reranker', 'one-to-one') },
  {
    name: 'lists of one',
    path: '/score',
    body: { model: 'reranker', text_1: [query], text_2: documents.slice(0, 1) },
    ...scored('reranker', 'one-to-one'),
  },
  { name: 'many to many', path: '/score', body: both('reranker', 'many-to-many'), ...scored('reranker', 'many-to-many') },
  { name: 'empty texts', path: '/score', body: both('reranker', 'empty-pair'), ...scored('reranker', 'empty-pair') },
  {
    name: 'parts of texts',
    path: '/score',
    body: { model: 'reranker', text_1: parts(query), text_2: documents.map(parts) },
    ...scored('reranker', 'one-to-many'),
  },
  {
    name: 'objects with a text',
    path: '/score',
    body: { model: 'reranker', text_1: { text: query }, text_2: documents.map((text) => ({ text })) },
    ...scored('reranker', 'one-to-many'),
  },
];

const options: Case[] = [
  {
    name: 'logits, in the older name',
    path: '/score',
    body: { ...both('reranker', 'raw'), activation: false },
    ...scored('reranker', 'raw'),
  },
  {
    name: 'logits, in the newer name',
    path: '/score',
    body: { ...both('reranker', 'raw'), use_activation: false },
    ...scored('reranker', 'raw'),
  },
  {
    name: 'a limit for each document',
    path: '/score',
    body: { ...both('reranker', 'max-tokens-per-doc'), max_tokens_per_doc: 5 },
    ...scored('reranker', 'max-tokens-per-doc'),
  },
  {
    name: 'a limit for each query',
    path: '/score',
    body: { ...both('reranker', 'max-tokens-per-query'), max_tokens_per_query: 3 },
    ...scored('reranker', 'max-tokens-per-query'),
  },
  {
    name: 'pairs cut on the right',
    path: '/score',
    body: { ...both('reranker', 'truncate-16-right/document'), truncate_prompt_tokens: 16 },
    ...scored('reranker', 'truncate-16-right/document'),
  },
  {
    name: 'pairs cut on the left',
    path: '/score',
    body: { ...both('reranker', 'truncate-16-left/document'), truncate_prompt_tokens: 16, truncation_side: 'left' },
    ...scored('reranker', 'truncate-16-left/document'),
  },
  {
    name: 'cosines, one to many',
    path: '/score',
    body: both('prompted', 'cosine/one-to-many'),
    ...scored('prompted', 'cosine/one-to-many'),
  },
  {
    name: 'cosines, many to many',
    path: '/score',
    body: both('prompted', 'cosine/many-to-many'),
    ...scored('prompted', 'cosine/many-to-many'),
  },
  { name: 'MaxSim, one to many', path: '/score', body: both('colbert', 'score/one-to-many'), ...scored('colbert', 'score/one-to-many') },
  {
    name: 'MaxSim of shortened texts',
    path: '/score',
    body: { ...both('colbert', 'score/max-tokens'), max_tokens_per_query: 4, max_tokens_per_doc: 9 },
    ...scored('colbert', 'score/max-tokens'),
  },
];

const pair = { model: 'reranker', text_1: 'a', text_2: 'b' };
const LENGTHS = 'Input lengths must be either 1:1, 1:N or N:N';
const refused: Case[] = [
  { name: 'two to three', path: '/score', body: { ...pair, text_1: ['a', 'b'], text_2: ['a', 'b', 'c'] }, ...badRequest(LENGTHS) },
  { name: 'two to one', path: '/score', body: { ...pair, text_1: ['a', 'b'] }, ...badRequest(LENGTHS) },
  {
    name: 'none to many',
    path: '/score',
    body: { ...pair, text_1: [], text_2: ['a', 'b'] },
    ...badRequest('At least one text element must be given'),
  },
  { name: 'one to none', path: '/score', body: { ...pair, text_2: [] }, ...badRequest('At least one text_pair element must be given') },
  {
    name: 'one side alone',
    path: '/score',
    body: { model: 'reranker', text_1: 'a' },
    ...badRequest(/queries and documents.*text_1 and text_2/),
  },
  {
    name: 'sides of two names',
    path: '/score',
    body: { model: 'reranker', text_1: 'a', documents: ['b'] },
    ...badRequest(/queries and documents/),
  },
  {
    name: 'a side that is a number',
    path: '/score',
    body: { ...pair, text_2: 7 },
    status: 400,
    gives: refusal(400, 'Bad Request', /^texts must be/, 'text_2'),
  },
  {
    name: 'a picture',
    path: '/score',
    body: { ...pair, text_2: { content: [{ type: 'image_url', image_url: { url: 'x' } }] } },
    ...badRequest(/texts alone.*image_url/, 'text_2'),
  },
  {
    name: 'a limit below 0',
    path: '/score',
    body: { ...pair, max_tokens_per_doc: -1 },
    ...badRequest('max_tokens_per_doc must be a non-negative integer'),
  },
  {
    name: 'a limit beyond the model',
    path: '/score',
    body: { ...pair, max_tokens_per_query: 512 },
    ...badRequest('max_tokens_per_query (512) must be less than max_model_len (512).'),
  },
  {
    name: 'an activation of embeddings',
    path: '/score',
    body: { ...pair, model: 'embedder', activation: true },
    ...badRequest("Task embed only supports ['dimensions', 'normalize'] parameters, does not support ['activation'] parameters"),
  },
  {
    name: 'an instruction for a model without a template',
    path: '/score',
    body: { ...pair, instruction: 'x' },
    ...badRequest(/instruction/),
  },
  {
    name: "the request's own template, where it is not trusted",
    path: '/score',
    body: { ...pair, chat_template: '{{ query }} {{ document }}' },
    ...badRequest(/--trust-request-chat-template/, 'chat_template'),
  },
  {
    name: 'a model of several classes',
    path: '/score',
    body: { ...pair, model: 'classifier' },
    ...badRequest(/^The model does not support Score API/),
  },
  {
    name: 'no such model',
    path: '/v1/score',
    body: { ...pair, model: 'no-such-model' },
    ...noSuchModel,
  },
  {
    name: 'a pair of more tokens than the model takes',
    path: '/score',
    body: { ...pair, text_2: 'word '.repeat(600) },
    ...badRequest(
      /^This model's maximum context length is 512 tokens\. However, you requested \d+ tokens in the input.* Please reduce the length of the input\.$/,
      'input_tokens',
    ),
  },
];

export const scoreCases = [...pairs, ...options, ...refused];
