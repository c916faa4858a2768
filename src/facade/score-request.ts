/** Queries, documents and options of a call, as a caller gives them -> a ScoreRequest that can cross to a worker. Texts of the errors are vLLM's. */
import { PoolingError } from '../errors.ts';
import type { PoolingParams, PromptInput, ScoreOptions } from '../types.ts';
import type { ScoreRequest } from '../wire/protocol.ts';
import type { CallHooks } from './connection.ts';
import { readOptions, type EitherSpelling } from './options.ts';
import { SCORE_OPTIONS, truncationOf } from './pool-request.ts';
import { asPoolingParams } from './pooling-params.ts';
import { asPrompts } from './prompts.ts';

export function scoreRequest(
  queryInput: PromptInput,
  documentInput: PromptInput,
  given: EitherSpelling<ScoreOptions> | undefined,
): { request: ScoreRequest; hooks: CallHooks } {
  const { signal, onProgress, ...options } = readOptions<ScoreOptions>(given, SCORE_OPTIONS as readonly (keyof ScoreOptions)[], 'score');
  const queries = asPrompts(queryInput);
  const documents = asPrompts(documentInput);
  // In vLLM's order: of 0 queries and several documents it says the second.
  if (queries.length > 1 && queries.length !== documents.length) throw refused('Input lengths must be either 1:1, 1:N or N:N');
  if (queries.length === 0) throw refused('At least one text element must be given');
  if (documents.length === 0) throw refused('At least one text_pair element must be given');
  const { longDocuments = null } = options;
  if (longDocuments !== null && longDocuments !== 'max' && longDocuments !== 'mean') {
    throw new PoolingError('invalid-option', `longDocuments must be "max" or "mean", got ${JSON.stringify(longDocuments)}.`);
  }
  if (Array.isArray(options.poolingParams)) throw new PoolingError('invalid-option', 'score takes one poolingParams for all pairs.');
  const request: ScoreRequest = {
    queries,
    documents,
    params: asPoolingParams(options.poolingParams, documents.length, 'score') as PoolingParams,
    ...truncationOf(options),
    maxTokensPerQuery: limit('max_tokens_per_query', options.maxTokensPerQuery),
    maxTokensPerDoc: limit('max_tokens_per_doc', options.maxTokensPerDoc),
    instruction: options.instruction ?? null,
    chatTemplate: options.chatTemplate ?? null,
    longDocuments,
  };
  return { request, hooks: { signal, onProgress } };
}

function limit(name: string, value: number | undefined): number | null {
  if (value === undefined || value === 0) return null;
  if (Number.isInteger(value) && value > 0) return value;
  throw new PoolingError('invalid-option', `${name} must be a non-negative integer`);
}

function refused(message: string): PoolingError {
  return new PoolingError('invalid-input', message);
}
