/** A score request as it was sent -> the same with everything checked. The texts of the errors are vLLM's. */
import { PoolingError, shown } from '../errors.ts';
import { resolveTokenLimit } from '../text/pair-truncation.ts';
import { checkPairs } from '../tasks/check-pairs.ts';
import { checkParams } from '../tasks/pooling-params.ts';
import type { ScoreRequest } from '../wire/protocol.ts';

export interface PairRequest extends ScoreRequest {
  /** Infinity: no limit. */
  maxTokensPerQuery: number;
  maxTokensPerDoc: number;
}

export function readPairRequest(request: ScoreRequest, maxModelLen: number): PairRequest {
  const { params, longDocuments } = request;
  checkPairs(request);
  if (longDocuments !== null && longDocuments !== 'max' && longDocuments !== 'mean') {
    throw new PoolingError('invalid-option', `longDocuments must be "max" or "mean", got ${shown(longDocuments)}.`);
  }
  return {
    ...request,
    params: checkParams(params, 'score'),
    maxTokensPerQuery: resolveTokenLimit(request.maxTokensPerQuery, 'max_tokens_per_query', maxModelLen),
    maxTokensPerDoc: resolveTokenLimit(request.maxTokensPerDoc, 'max_tokens_per_doc', maxModelLen),
  };
}
