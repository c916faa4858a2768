/**
 * The dialect that all gateways speak: /embeddings, and /rerank as Jina and Cohere have it for a model that does not embed. Paths count
 * from the URL, as in OpenAI's SDK.
 */
import { PoolingError } from '../../errors.ts';
import type { Dialect, PoolRoute, ScoreRoute } from '../dialect.ts';
import { fieldsOf } from '../read-answer.ts';
import { embeddingsBody, readEmbeddings } from './embeddings.ts';
import { findList, pathOf, pick } from './model-list.ts';
import { readRanks } from './rerank-scores.ts';

export const openai: Dialect = async (server, options, signal) => {
  const found = await findList(server, signal, () => true);
  // A server without a list can be asked by name, if the caller says that it is one.
  if (!found && (options.dialect !== 'openai' || options.model === null)) return null;
  const { prefix, list } = found ?? { prefix: pathOf(server), list: [] };
  // The first of many is a chat model as likely as not.
  if (list.length > 1 && options.model === null) {
    throw new PoolingError(
      'invalid-option',
      `${server.title} lists ${list.length} models. Name the one to ask for with the option \`model\`.`,
    );
  }
  const model = pick(list, options.model, server).id as string;
  const embed: PoolRoute = {
    path: `${prefix}/embeddings`,
    takes: ['dimensions', 'prompt'],
    takesIds: true,
    body: (inputs, { params }) => embeddingsBody(model, inputs, params.dimensions),
    read: readEmbeddings,
  };
  const rerank: ScoreRoute = {
    path: `${prefix}/rerank`,
    takes: [],
    pairs: false,
    body: ([query], documents) => ({ model, query, documents, top_n: documents.length, return_documents: false }),
    read: (answer, count) => readRanks(fieldsOf(answer, 'the answer')['results'], count, 'relevance_score'),
  };
  const embeds = options.tasks === null || options.tasks.includes('embed');
  return {
    title: 'The OpenAI-style server',
    model,
    maxInputs: 256,
    maxModelLen: Infinity,
    dtype: null,
    pooling: null,
    labels: null,
    warnings: [],
    pool: embeds ? { embed } : {},
    score: embeds ? 'cosine' : rerank,
    tokenize: null,
    detokenize: null,
  };
};
