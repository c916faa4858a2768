/** A model and the option `maxTokens` -> most tokens of a request to it. */
import type { Task } from '../types.ts';
import type { Limits } from './options.ts';
import type { PoolingModel } from './served-models.ts';

/** OpenAI's. */
const MAX_TOKENS = 300_000;

/** By default one text may be as long as the model's configuration says. A server that does not say it leaves OpenAI's. */
export function tokenLimit({ maxTokens }: Limits, { info }: PoolingModel): number {
  if (maxTokens !== null) return maxTokens;
  const longest = info.tasks.includes('embed' satisfies Task) ? info.max_embed_len : 0;
  return longest === Infinity && !info.enable_chunked_processing ? MAX_TOKENS : Math.max(MAX_TOKENS, longest);
}
