/** What a call of score gives to compare, in vLLM's words and in its order: of 0 queries and several documents it says the second. */
import { PoolingError } from '../errors.ts';
import type { ScoreRequest } from '../wire/protocol.ts';

export function checkPairs({ queries, documents, params }: Pick<ScoreRequest, 'queries' | 'documents' | 'params'>): void {
  if (queries.length > 1 && queries.length !== documents.length) throw invalid('Input lengths must be either 1:1, 1:N or N:N');
  if (queries.length === 0) throw invalid('At least one text element must be given');
  if (documents.length === 0) throw invalid('At least one text_pair element must be given');
  if (Array.isArray(params)) throw new PoolingError('invalid-option', 'score takes one poolingParams for all pairs.');
}

function invalid(message: string): PoolingError {
  return new PoolingError('invalid-input', message);
}
