/** Every route as data: path, body, answer, what it does. /openapi.json, the router and docs/api.md's test read the same list. */
import type { Answer, Call } from '../call.ts';
import * as answers from '../schemas/answers.ts';
import * as requests from '../schemas/requests.ts';
import type { BodySchema, FieldsOf } from '../validation.ts';
import { classify } from './classify.ts';
import { cohereEmbed } from './cohere-embed.ts';
import { embeddings } from './embeddings.ts';
import { pooling } from './pooling.ts';
import { rerank } from './rerank.ts';
import { score } from './score.ts';
import { detokenize, tokenize } from './tokenize.ts';

export interface ModelRoute {
  /** The first is the one that metrics and spans name. */
  paths: readonly [string, ...string[]];
  schema: BodySchema;
  summary: string;
  /** Of JSON; vectors may come as bytes too. */
  answers: BodySchema;
  /** A body that any server of the task answers. */
  example: object;
  answer(fields: never, call: Call): Promise<Answer>;
}

/** Ties the fields of the answer's function to its schema, which the list forgets. */
function route<Schema extends BodySchema>(
  paths: ModelRoute['paths'],
  schema: Schema,
  summary: string,
  answers: BodySchema,
  example: object,
  answer: (fields: FieldsOf<Schema>, call: Call) => Promise<Answer>,
): ModelRoute {
  return { paths, schema, summary, answers, example, answer };
}

const pair = {
  query: 'What is the capital of France?',
  documents: ['The capital of Brazil is Brasilia.', 'The capital of France is Paris.'],
};

export const modelRoutes: readonly ModelRoute[] = [
  route(
    ['/v1/embeddings'],
    requests.EmbeddingRequest,
    'One embedding for each input',
    answers.EmbeddingAnswer,
    { input: 'Hello, my name is' },
    embeddings,
  ),
  route(
    ['/pooling'],
    requests.PoolingRequest,
    'The rows of each input as the model gives them',
    answers.PoolingAnswer,
    { input: 'Hello, my name is' },
    pooling,
  ),
  route(
    ['/classify'],
    requests.ClassificationRequest,
    'One probability for each class',
    answers.ClassificationAnswer,
    { input: 'I loved it' },
    classify,
  ),
  route(
    ['/score', '/v1/score'],
    requests.ScoreRequest,
    'One score for each pair of texts',
    answers.ScoreAnswer,
    { text_1: pair.query, text_2: pair.documents },
    score,
  ),
  route(
    ['/rerank', '/v1/rerank', '/v2/rerank'],
    requests.RerankRequest,
    'Documents by their relevance to a query',
    answers.RerankAnswer,
    pair,
    rerank,
  ),
  route(
    ['/v2/embed'],
    requests.CohereEmbedRequest,
    "Cohere's embeddings",
    answers.CohereEmbedAnswer,
    { texts: ['Hello, my name is'], embedding_types: ['float'] },
    cohereEmbed,
  ),
  route(
    ['/tokenize'],
    requests.TokenizeRequest,
    'The token ids of a text or a conversation',
    answers.TokenizeAnswer,
    { prompt: 'Hello, my name is' },
    tokenize,
  ),
  route(
    ['/detokenize'],
    requests.DetokenizeRequest,
    'The text of token ids',
    answers.DetokenizeAnswer,
    { tokens: [101, 7592, 102] },
    detokenize,
  ),
];

/** Routes that ask no model, and what they are. All are GET; /ping is POST too. */
export const informationRoutes = {
  '/v1/models': 'The models that this server has',
  '/health': '200 if requests are answered, else 503',
  '/ping': 'As /health',
  '/version': 'The version of rockpool',
  '/load': 'Requests under way',
  '/metrics': 'Counters and times, in Prometheus’ text format',
  '/openapi.json': 'This API, as OpenAPI 3.1',
  '/docs': 'This API, as a page',
} as const;

/** Of those that answer JSON of their own. */
export const informationAnswers: Readonly<Partial<Record<keyof typeof informationRoutes, BodySchema>>> = {
  '/v1/models': answers.ModelList,
  '/version': answers.Version,
  '/load': answers.Load,
};
