/** POST /v2/embed: Cohere's embeddings, in all their types. */
import { badRequest, invalid, type Case } from '../case.ts';
import type { Check, Expected } from '../match.ts';
import { as, bert, floatsOfBase64, near, reference } from '../oracle.ts';
import type { ModelName } from '../servers.ts';

const path = '/v2/embed';

const cohere = (embeddings: Record<string, Expected>, texts: readonly string[], tokens: number): Expected => ({
  id: /^embd-[0-9a-f]{32}$/,
  embeddings,
  texts,
  meta: { api_version: { version: '2' }, billed_units: { input_tokens: tokens } },
  response_type: 'embeddings_by_type',
});

const given = ['sentence', 'chinese'].map((id) => bert(`plain/${id}`));
const texts = given.map(({ text }) => text);
const tokens = given.reduce((sum, { ids }) => sum + ids.length, 0);
const vectors = given.map(({ vector }) => vector);

/** One bit a value, the first highest, 1 where it is not negative. No value of these vectors is close to 0. */
const bits = (vector: Float32Array) =>
  Array.from({ length: vector.length / 8 }, (_, i) =>
    parseInt([...vector.subarray(i * 8, i * 8 + 8)].map((value) => (value >= 0 ? 1 : 0)).join(''), 2),
  );
const ubinary = vectors.map(bits);
const binary = ubinary.map((row) => row.map((byte) => byte - 128));

const named = (id: 'query' | 'passage'): Pick<Case, 'body' | 'gives'> => {
  const { args, expected, tokens } = reference('prompted', `prompt-name/${id}`);
  const [sent] = args as [string[]];
  return {
    body: { model: 'prompted', texts: sent, input_type: id },
    gives: cohere({ float: expected.embeddings!.map(near) }, sent, tokens),
  };
};
const bare = reference('prompted', 'batch');
const bareTexts = bare.args[0] as string[];

const cut = (kind: string, id: string, more: object): Case => {
  const { text, ids, vector } = bert(`${kind}/${id}`);
  return {
    name: `${kind}, ${JSON.stringify(more)}`,
    path,
    body: { texts: [text], ...more },
    gives: cohere({ float: [near(vector)] }, [text], ids.length),
  };
};
const long = bert('truncate-10-right/package-09').text;
const oneOf = (model: ModelName, more: object) => ({ model, texts: ['a'], ...more });
const EXACTLY = 'Exactly one of texts, images, or inputs must be provided, and not be empty.';
const base64: Check = as(floatsOfBase64, near(vectors[0]!));

export const cohereCases: Case[] = [
  { name: 'texts', path, body: { texts }, gives: cohere({ float: vectors.map(near) }, texts, tokens) },
  {
    name: 'every type at once',
    path,
    body: { texts, embedding_types: ['float', 'binary', 'ubinary', 'base64'] },
    gives: cohere({ float: vectors.map(near), binary, ubinary, base64: [base64, as(floatsOfBase64, near(vectors[1]!))] }, texts, tokens),
  },
  { name: 'one type alone', path, body: { texts, embedding_types: ['ubinary'] }, gives: cohere({ ubinary }, texts, tokens) },
  {
    name: 'inputs with parts',
    path,
    body: { inputs: texts.map((text) => ({ content: [{ type: 'text', text }] })) },
    gives: cohere({ float: vectors.map(near) }, texts, tokens),
  },
  { name: 'input_type, a name of a prompt', path, ...named('query') },
  { name: 'another input_type', path, ...named('passage') },
  {
    name: 'no input_type, no prompt',
    path,
    body: { model: 'prompted', texts: bareTexts },
    gives: cohere({ float: bare.expected.embeddings!.map(near) }, bareTexts, bare.tokens),
  },
  {
    name: 'an input_type that the model does not have',
    path,
    body: oneOf('prompted', { input_type: 'search_document' }),
    ...badRequest("Unsupported input_type 'search_document'. Supported values: passage, query", 'input_type'),
  },
  {
    name: 'an input_type for a model without',
    path,
    body: oneOf('embedder', { input_type: 'query' }),
    ...badRequest("Unsupported input_type 'query'. This model does not define any input_type task instructions.", 'input_type'),
  },
  {
    name: 'output_dimension',
    path,
    body: { model: 'matryoshka', texts: [bert('plain/german').text], output_dimension: 8 },
    gives: cohere({ float: [near(bert('dimensions-8/german').vector)] }, [bert('plain/german').text], bert('plain/german').ids.length),
  },
  {
    name: 'output_dimension of a model without',
    path,
    body: oneOf('embedder', { output_dimension: 8 }),
    ...badRequest(/does not support matryoshka representation/),
  },
  {
    name: 'bits of a dimension that is no multiple of 8',
    path,
    body: oneOf('flexible', { output_dimension: 12, embedding_types: ['binary'] }),
    ...badRequest(/multiple of 8/, 'embedding_types'),
  },
  cut('truncate-10-right', 'package-09', { max_tokens: 10 }),
  cut('truncate-10-right', 'package-09', { max_tokens: 10, truncate: 'END' }),
  cut('truncate-10-left', 'package-09', { max_tokens: 10, truncate: 'START' }),
  cut('truncate-max', 'package-11', {}),
  cut('truncate-max-left', 'package-11', { truncate: 'START' }),
  cut('truncate-max', 'package-11', { max_tokens: 5_000 }),
  {
    name: 'too long, and not to be cut',
    path,
    body: { texts: [long], truncate: 'NONE', max_tokens: 10 },
    ...badRequest(
      'Input of 169 tokens exceeds max_tokens=10 with truncate=NONE. Set truncate to END or START to allow truncation.',
      'max_tokens',
    ),
  },
  {
    name: 'too long for the model, and not to be cut',
    path,
    body: { texts: [bert('truncate-max/package-11').text], truncate: 'NONE' },
    ...badRequest(/^This model's maximum context length is 256 tokens\./, 'input_tokens'),
  },
  { name: 'nothing', path, body: { input_type: 'query' }, ...badRequest(EXACTLY) },
  { name: 'an empty list', path, body: { texts: [] }, ...badRequest(EXACTLY) },
  { name: 'texts and inputs', path, body: { texts: ['a'], inputs: [{ content: [{ type: 'text', text: 'a' }] }] }, ...badRequest(EXACTLY) },
  { name: 'pictures', path, body: { images: ['data:image/png;base64,AA=='] }, ...badRequest(/images are not served/, 'images') },
  {
    name: 'a picture among the parts',
    path,
    body: { inputs: [{ content: [{ type: 'image_url', image_url: { url: 'x' } }] }] },
    ...badRequest(/image_url/, 'inputs'),
  },
  {
    name: 'a type that there is not',
    path,
    body: { texts: ['a'], embedding_types: ['int8'] },
    ...invalid(
      'embedding_types',
      "{'type': 'literal_error', 'loc': ('body', 'embedding_types', 0), 'msg': \"Input should be 'float', 'binary', 'ubinary' or 'base64'\", 'input': 'int8'}",
    ),
  },
  {
    name: 'a way to cut that there is not',
    path,
    body: { texts: ['a'], truncate: 'MIDDLE' },
    ...invalid(
      'truncate',
      "{'type': 'literal_error', 'loc': ('body', 'truncate'), 'msg': \"Input should be 'NONE', 'START' or 'END'\", 'input': 'MIDDLE'}",
    ),
  },
  {
    name: 'no token at all',
    path,
    body: { texts: ['a'], max_tokens: 0 },
    ...invalid(
      'max_tokens',
      "{'type': 'greater_than_equal', 'loc': ('body', 'max_tokens'), 'msg': 'Input should be greater than or equal to 1', 'input': 0}",
    ),
  },
];
