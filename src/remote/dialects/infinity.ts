/** The dialect of Infinity: OpenAI's embeddings, Cohere's rerank, and classes by name. It truncates what is too long, always. */
import type { Dialect, PoolRoute, ScoreRoute } from '../dialect.ts';
import { fieldsOf } from '../read-answer.ts';
import { switchOf } from '../asked.ts';
import { embeddingsBody, readEmbeddings } from './embeddings.ts';
import { findList, pick } from './model-list.ts';
import { readNamedScores } from './named-scores.ts';
import { readRanks } from './rerank-scores.ts';

export const infinity: Dialect = async (server, options, signal) => {
  // At the root, or below the `--url-prefix` that it was given.
  const found = await findList(server, signal, (list) => list.some((model) => model['owned_by'] === 'infinity'));
  if (!found) return null;
  const model = pick(found.list, options.model, server);
  const id = model.id as string;
  const can = (capability: string) => !Array.isArray(model['capabilities']) || model['capabilities'].includes(capability);
  const embed: PoolRoute = {
    path: `${found.prefix}/embeddings`,
    takes: ['truncateToMax', 'dimensions', 'prompt'],
    takesIds: false,
    body: (inputs, { params }) => embeddingsBody(id, inputs, params.dimensions),
    read: readEmbeddings,
  };
  const classify: PoolRoute = {
    path: `${found.prefix}/classify`,
    takes: ['truncateToMax', 'activation', 'prompt'],
    takesIds: false,
    body: (input, { params }) => ({ model: id, input, raw_scores: switchOf(params) === false }),
    read: (answer, count) => readNamedScores(fieldsOf(answer, 'the answer')['data'], count, options.labels),
  };
  const rerank: ScoreRoute = {
    path: `${found.prefix}/rerank`,
    takes: ['truncateToMax', 'activation'],
    pairs: false,
    body: ([query], documents, { params }) => ({
      model: id,
      query,
      documents,
      return_documents: false,
      raw_scores: switchOf(params) === false,
    }),
    read: (answer, count) => readRanks(fieldsOf(answer, 'the answer')['results'], count, 'relevance_score'),
  };
  return {
    title: 'Infinity',
    model: id,
    // It takes 2,048 unless it was told otherwise.
    maxInputs: 256,
    maxModelLen: Infinity,
    dtype: null,
    pooling: null,
    labels: options.labels,
    warnings: ['Infinity cuts texts that are longer than its model takes, and does not say so.'],
    pool: { ...(can('embed') && { embed }), ...(can('classify') && { classify }) },
    score: can('rerank') ? rerank : can('embed') ? 'cosine' : null,
    tokenize: null,
    detokenize: null,
  };
};
