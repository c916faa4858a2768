/** POST /v1/embeddings: inputs, fields, and what it refuses. Number formats: number-formats.ts. */
import { anything, badRequest, head, invalid, refusal, REQUEST_ID, usage, type Case } from '../case.ts';
import type { Expected } from '../match.ts';
import { bert, near, text } from '../oracle.ts';
import type { ModelName } from '../servers.ts';

const path = '/v1/embeddings';

/** Vectors in the order of the inputs. */
export const embeddings = (vectors: readonly Expected[], tokens: number, model: ModelName = 'embedder', id?: string): Expected => ({
  ...head('embd', model, id),
  data: vectors.map((embedding, index) => ({ index, object: 'embedding', embedding })),
  usage: usage(tokens),
});

const sentence = bert('plain/sentence');
const given = ['sentence', 'chinese', 'emoji-zwj', 'empty', 'package-09'].map((id) => bert(`plain/${id}`));
const many = embeddings(
  given.map(({ vector }) => near(vector)),
  given.reduce((sum, { ids }) => sum + ids.length, 0),
);
/** The answer to `sentence`, and its 12 tokens. */
const one = embeddings([near(sentence.vector)], 12);
export const oneOf = (id: string, model: ModelName = 'embedder') => {
  const { text: input, ids, vector } = bert(id);
  return { body: { model, input }, gives: embeddings([near(vector)], ids.length, model) };
};
const FRACTION = 'Input should be a valid integer, got a number with a fractional part';
const NO_INPUT = 'prompt must be a string, array of strings, array of tokens, or array of token arrays';

const inputs: Case[] = [
  { name: 'one text', path, body: { input: sentence.text }, gives: one, answers: { 'X-Request-Id': REQUEST_ID } },
  { name: 'a list of texts, in their order', path, body: { input: given.map((each) => each.text) }, gives: many },
  { name: 'token ids', path, body: { input: sentence.ids }, gives: one },
  { name: 'a list of lists of token ids', path, body: { input: given.map(({ ids }) => ids) }, gives: many },
  { name: 'an empty text', path, ...oneOf('plain/empty') },
  { name: 'a text of as many tokens as the model takes', path, ...oneOf('plain/tokens-256') },
  { name: 'special tokens written in a text', path, ...oneOf('plain/special-tokens') },
  {
    name: 'no special tokens beside those in the text',
    path,
    body: { input: `[CLS] ${sentence.text} [SEP]`, add_special_tokens: false },
    gives: one,
  },
  { name: 'no input', path, body: {}, ...badRequest('please provide at least one prompt', 'input') },
  { name: 'an empty list', path, body: { input: [] }, ...badRequest('please provide at least one prompt', 'input') },
  { name: 'a number', path, body: { input: 5 }, status: 400, gives: refusal(400, 'Bad Request', NO_INPUT, 'input') },
  { name: 'texts and ids mixed', path, body: { input: ['a', 5] }, status: 400, gives: refusal(400, 'Bad Request', NO_INPUT, 'input') },
  {
    name: 'ids with a fraction',
    path,
    body: { input: [101, 0.5] },
    ...invalid('input', `{'type': 'int_from_float', 'loc': ('body', 'input', 1), 'msg': '${FRACTION}', 'input': 0.5}`),
  },
  {
    name: 'an id beyond the vocabulary',
    path,
    body: { input: [101, 999_999, 102] },
    ...badRequest('Token id 999999 is out of vocabulary'),
  },
  { name: 'an id below 0', path, body: { input: [-1] }, ...badRequest('Token id -1 is out of vocabulary') },
  { name: 'no ids at all', path, body: { input: [[]] }, ...badRequest('The decoder prompt cannot be empty') },
];

const lengths: Case[] = [
  ...(['truncate-10-right', 'truncate-10-left', 'truncate-max', 'truncate-max-left'] as const).map((kind): Case => {
    const { body, gives } = oneOf(`${kind}/package-11`.replace(/^(truncate-10.*)\/.*/, '$1/package-09'));
    const truncate_prompt_tokens = kind.includes('10') ? 10 : -1;
    return {
      name: kind,
      path,
      body: { ...body, truncate_prompt_tokens, truncation_side: kind.endsWith('left') ? 'left' : 'right' },
      gives,
    };
  }),
  {
    name: 'ids are cut on the right, too',
    path,
    body: { input: [...sentence.ids, 2023, 2003, 2205, 2146], truncate_prompt_tokens: 12 },
    gives: one,
  },
  {
    name: 'ids cut on the left',
    path,
    body: { input: [2023, 2003, ...sentence.ids], truncate_prompt_tokens: 12, truncation_side: 'left' },
    gives: one,
  },
  {
    name: 'more tokens than the model takes',
    path,
    body: { input: text('tokens-257') },
    ...badRequest(
      "This model's maximum context length is 256 tokens. However, you requested 257 tokens in the input for embedding generation. Please reduce the length of the input.",
      'input_tokens',
    ),
  },
  {
    name: 'a truncation beyond what the model takes',
    path,
    body: { input: 'a', truncate_prompt_tokens: 257 },
    ...badRequest('truncate_prompt_tokens value (257) is greater than max_model_len (256). Please, select a smaller truncation size.'),
  },
  {
    name: 'a truncation below -1',
    path,
    body: { input: 'a', truncate_prompt_tokens: -2 },
    ...invalid(
      'truncate_prompt_tokens',
      "{'type': 'greater_than_equal', 'loc': ('body', 'truncate_prompt_tokens'), 'msg': 'Input should be greater than or equal to -1', 'input': -2}",
    ),
  },
  { name: 'padding', path, body: { input: 'a', padding: 'max_length' }, ...badRequest(/^padding "max_length" is not served/, 'padding') },
];

const fields: Case[] = [
  {
    name: 'not normalised, in the older name',
    path,
    body: { input: sentence.text, normalize: false },
    gives: embeddings([near(bert('raw/sentence').vector)], 12),
  },
  {
    name: 'not normalised, in the newer name',
    path,
    body: { input: sentence.text, use_activation: false },
    gives: embeddings([near(bert('raw/sentence').vector)], 12),
  },
  {
    name: 'both names at odds',
    path,
    body: { input: 'a', normalize: false, use_activation: true },
    ...badRequest(/^use_activation is true, and its older name says false/),
  },
  {
    name: 'fields without effect, null ones, and those that nobody knows',
    path,
    body: {
      input: sentence.text,
      model: null,
      user: 'u',
      priority: -3,
      dimensions: null,
      cache_salt: 's',
      mm_processor_kwargs: {},
      padding: 'do_not_pad',
      store: true,
    },
    gives: one,
  },
  { name: 'an empty name of a model', path, body: { input: sentence.text, model: '' }, gives: one },
  {
    name: "the request's id in its body",
    path,
    body: { input: sentence.text, request_id: 'mine-7' },
    gives: embeddings([anything], 12, 'embedder', 'embd-mine-7'),
    answers: { 'X-Request-Id': 'mine-7' },
  },
  {
    name: "the request's id in a header, which wins",
    path,
    headers: { 'X-Request-Id': 'header-8' },
    body: { input: sentence.text, request_id: 'mine-7' },
    gives: embeddings([anything], 12, 'embedder', 'embd-header-8'),
    answers: { 'X-Request-Id': 'header-8' },
  },
  {
    name: 'an id too long to go into logs',
    path,
    headers: { 'X-Request-Id': 'x'.repeat(257) },
    body: { input: sentence.text },
    gives: one,
    answers: { 'X-Request-Id': REQUEST_ID },
  },
  {
    name: 'where the time went',
    path,
    body: { input: sentence.text },
    gives: one,
    answers: {
      'Server-Timing': /^queue;dur=[\d.]+, tokenize;dur=[\d.]+, infer;dur=[\d.]+, pool;dur=[\d.]+, total;dur=[\d.]+$/,
      'x-compute-type': 'wasm',
      'x-compute-tokens': '12',
    },
  },
  {
    name: 'a priority that is a text, and a flag that is a number',
    path,
    body: { input: 'a', priority: 'high', add_special_tokens: 1 },
    ...invalid(
      'priority',
      "{'type': 'int_type', 'loc': ('body', 'priority'), 'msg': 'Input should be a valid integer', 'input': 'high'}",
      "{'type': 'bool_type', 'loc': ('body', 'add_special_tokens'), 'msg': 'Input should be a valid boolean', 'input': 1}",
    ),
  },
];

export const embeddingCases = [...inputs, ...lengths, ...fields];
