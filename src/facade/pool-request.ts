/** Prompts and options of a call, as a caller gives them -> a PoolRequest that can cross to a worker, every default filled in. */
import type { ChatOptions, EncodeOptions, PoolOptions, PoolTask, PromptInput, RerankOptions, ClassifyOptions } from '../types.ts';
import type { PoolRequest } from '../wire/protocol.ts';
import type { CallHooks } from './connection.ts';
import { readOptions, type EitherSpelling } from './options.ts';
import { asPrompts } from './prompts.ts';

type AnyOptions = EncodeOptions & ClassifyOptions;

const CALL = ['poolingParams', 'truncatePromptTokens', 'truncationSide', 'priority', 'maxTotalTokens', 'signal', 'onProgress'] as const;
const POOL = [...CALL, 'addSpecialTokens'] as const;
const PROMPT = [...POOL, 'promptName', 'prompt'] as const;
const TOKENS = [...PROMPT, 'returnOffsets'] as const;

/** What each method takes. */
export const OPTIONS_OF = {
  embed: PROMPT,
  encode: [...TOKENS, 'poolingTask'],
  token_embed: TOKENS,
  classify: [...PROMPT, 'head'],
  token_classify: TOKENS,
  reward: POOL,
} as const satisfies Record<PoolTask, readonly (keyof AnyOptions)[]>;

export const SCORE_OPTIONS = [
  ...CALL,
  'maxTokensPerQuery',
  'maxTokensPerDoc',
  'queryPromptName',
  'documentPromptName',
  'instruction',
  'chatTemplate',
  'chatTemplateKwargs',
  'longDocuments',
] as const;
export const RERANK_OPTIONS = [...SCORE_OPTIONS, 'topN'] as const satisfies readonly (keyof RerankOptions)[];

export const CHAT_OPTIONS = [
  'chatTemplate',
  'addGenerationPrompt',
  'continueFinalMessage',
  'chatTemplateKwargs',
  'tools',
  'signal',
] as const satisfies readonly (keyof ChatOptions)[];

export function poolRequest(
  task: PoolTask,
  input: PromptInput,
  given: EitherSpelling<PoolOptions> | undefined,
): { request: PoolRequest; hooks: CallHooks } {
  const options = readOptions<AnyOptions>(given as AnyOptions, OPTIONS_OF[task], task);
  const { signal, onProgress, poolingParams, truncationSide, returnOffsets, ...rest } = options;
  const request: PoolRequest = {
    task,
    prompts: asPrompts(input),
    params: poolingParams ?? {},
    truncatePromptTokens: null,
    truncationSide: truncationSide ?? 'right',
    promptName: null,
    prompt: null,
    head: null,
    addSpecialTokens: true,
    priority: 0,
    maxTotalTokens: null,
    offsets: returnOffsets ?? task === 'token_classify',
    ...rest,
  };
  return { request, hooks: { signal, onProgress } };
}
