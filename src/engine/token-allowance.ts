/** A call's limit of tokens -> a function that counts what its prompts have, and throws at the first that is too many. */
import { PoolingError } from '../errors.ts';

/** Null: no limit. */
export function tokenAllowance(maxTotalTokens: number | null): (tokens: number) => void {
  const most = maxTotalTokens ?? Infinity;
  if (most < 1) throw new PoolingError('invalid-option', `maxTotalTokens must be at least 1, got ${most}.`);
  let spent = 0;
  return (tokens) => {
    spent += tokens;
    if (spent <= most) return;
    throw new PoolingError(
      'too-many-tokens',
      `The prompts of one call may have ${most} tokens in all, and these have more. Please reduce the length of the input, or split it into several calls.`,
    );
  };
}
