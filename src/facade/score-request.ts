/** Queries, documents and options of a call, as a caller gives them -> a ScoreRequest that can cross to a worker, every default filled in. */
import type { PromptInput, ScoreOptions } from '../types.ts';
import type { ScoreRequest } from '../wire/protocol.ts';
import type { CallHooks } from './connection.ts';
import { readOptions, type EitherSpelling } from './options.ts';
import { SCORE_OPTIONS } from './pool-request.ts';
import { asPrompts } from './prompts.ts';

export function scoreRequest(
  queries: PromptInput,
  documents: PromptInput,
  given: EitherSpelling<ScoreOptions> | undefined,
): { request: ScoreRequest; hooks: CallHooks } {
  const { signal, onProgress, ...options } = readOptions<ScoreOptions>(given, SCORE_OPTIONS, 'score');
  const request: ScoreRequest = {
    queries: asPrompts(queries),
    documents: asPrompts(documents),
    params: options.poolingParams ?? {},
    truncatePromptTokens: options.truncatePromptTokens ?? null,
    truncationSide: options.truncationSide ?? 'right',
    maxTokensPerQuery: options.maxTokensPerQuery ?? null,
    maxTokensPerDoc: options.maxTokensPerDoc ?? null,
    instruction: options.instruction ?? null,
    chatTemplate: options.chatTemplate ?? null,
    longDocuments: options.longDocuments ?? null,
  };
  return { request, hooks: { signal, onProgress } };
}
