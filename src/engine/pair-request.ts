/** A score request as it was sent -> the same with everything checked. The texts of the errors are vLLM's. */
import { PoolingError, shown } from '../errors.ts';
import { resolveTokenLimit } from '../text/pair-truncation.ts';
import { checkParams } from '../tasks/pooling-params.ts';
import type { ScoreRequest } from '../wire/protocol.ts';

export interface PairRequest extends ScoreRequest {
  /** Infinity: no limit. */
  maxTokensPerQuery: number;
  maxTokensPerDoc: number;
}

export function readPairRequest(request: ScoreRequest, maxModelLen: number): PairRequest {
  const { queries, documents, params, longDocuments } = request;
  // In vLLM's order: of 0 queries and several documents it says the second.
  if (queries.length > 1 && queries.length !== documents.length) throw invalid('Input lengths must be either 1:1, 1:N or N:N');
  if (queries.length === 0) throw invalid('At least one text element must be given');
  if (documents.length === 0) throw invalid('At least one text_pair element must be given');
  if (longDocuments !== null && longDocuments !== 'max' && longDocuments !== 'mean') {
    throw new PoolingError('invalid-option', `longDocuments must be "max" or "mean", got ${shown(longDocuments)}.`);
  }
  if (Array.isArray(params)) throw new PoolingError('invalid-option', 'score takes one poolingParams for all pairs.');
  return {
    ...request,
    params: checkParams(params, 'score'),
    maxTokensPerQuery: resolveTokenLimit(request.maxTokensPerQuery, 'max_tokens_per_query', maxModelLen),
    maxTokensPerDoc: resolveTokenLimit(request.maxTokensPerDoc, 'max_tokens_per_doc', maxModelLen),
  };
}

function invalid(message: string): PoolingError {
  return new PoolingError('invalid-input', message);
}
