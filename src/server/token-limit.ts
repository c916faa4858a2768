/** A model and the option `maxTokens` -> most tokens of a request to it. */
import type { Task } from '../types.ts';
import type { Limits } from './options.ts';
import type { PoolingModel } from './served-models.ts';

/** OpenAI's. */
const MAX_TOKENS = 300_000;

/** By default one text may be as long as the model's configuration says. What a server reads, only that server can count: it has a limit of its own. */
export function tokenLimit({ maxTokens }: Limits, { info }: PoolingModel): number {
  if (maxTokens !== null) return maxTokens;
  if (info.device === 'remote') return Infinity;
  const longest = info.tasks.includes('embed' satisfies Task) ? info.max_embed_len : 0;
  return Math.max(MAX_TOKENS, longest);
}

/** Tokens whose rows an answer has room for. Infinity: how long the rows are is known when they are there. */
export function rowLimit({ maxAnswerNumbers }: Limits, { info }: PoolingModel): number {
  // Rows of classes and of rewards are short.
  const areStates = info.hidden_size > 0 && info.tasks.includes('token_embed' satisfies Task);
  return areStates ? Math.max(1, Math.floor(maxAnswerNumbers / info.hidden_size)) : Infinity;
}
