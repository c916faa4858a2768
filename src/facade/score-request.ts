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
  const options = readOptions<ScoreOptions>(given, SCORE_OPTIONS, 'score');
  const { signal, onProgress, poolingParams, truncationSide, ...rest } = options;
  const request: ScoreRequest = {
    queries: asPrompts(queries),
    documents: asPrompts(documents),
    params: poolingParams ?? {},
    truncatePromptTokens: null,
    truncationSide: truncationSide ?? 'right',
    maxTokensPerQuery: null,
    maxTokensPerDoc: null,
    queryPromptName: null,
    documentPromptName: null,
    instruction: null,
    chatTemplate: null,
    chatTemplateKwargs: {},
    longDocuments: null,
    priority: 0,
    maxTotalTokens: null,
    ...rest,
  };
  return { request, hooks: { signal, onProgress } };
}
