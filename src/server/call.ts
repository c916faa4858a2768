/** What a route has at hand while it answers one request to a model. */
import type { CallProgress } from '../types.ts';
import type { ResolvedOptions } from './options.ts';
import type { ServedModel, ServedModels } from './served-models.ts';

/** Options that every call of the engine gets. */
export interface EngineOptions {
  signal: AbortSignal;
  priority: number;
  maxTotalTokens?: number;
  onProgress: (progress: Pick<CallProgress, 'timings' | 'tokens'>) => void;
}

export interface EngineRequest {
  priority?: number;
  /** It is answered with a row of the model's states for each token. */
  isPerToken?: boolean;
}

export interface Call {
  /** Of the request: 32 hex digits, or what the client sent. */
  id: string;
  /** As it was asked for: one of the route's. */
  path: string;
  /** Seconds since 1970. */
  created: number;
  models: ServedModels;
  options: ResolvedOptions;
  /** Enters the model's engine when there is room. The work hands its options on to each call of the engine. */
  enter<T>(model: ServedModel, request: EngineRequest, work: (engine: EngineOptions) => Promise<T>): Promise<T>;
  /** Of all prompts, for the usage. */
  tokensOf(outputs: Outputs): number;
}

export type Outputs = readonly { prompt_token_ids: ArrayLike<number> }[];

/** What a route answers. `tokens`: of the prompts, for the usage metrics; null if no model was asked. */
export interface Answer {
  body: object | Uint8Array | string | null;
  tokens?: number;
  headers?: Readonly<Record<string, string>>;
}

export interface Usage {
  prompt_tokens: number;
  total_tokens: number;
  completion_tokens: 0;
  prompt_tokens_details: null;
}

/** In vLLM's order of keys. */
export function usageOf(tokens: number): Usage {
  return { prompt_tokens: tokens, total_tokens: tokens, completion_tokens: 0, prompt_tokens_details: null };
}

/**
 * By the ids that the model saw. A model behind another server has none, but what that server counted (`told`); 0 if it does not say, which is no
 * count of any text.
 */
export function tokensOf(outputs: Outputs, told: number): number {
  return outputs.reduce((sum, { prompt_token_ids }) => sum + prompt_token_ids.length, 0) || told;
}
