/** The lengths of two texts and a limit -> how much of each is kept: Hugging Face's `longest_first`, and vLLM's limits for one text. */
import { PoolingError } from '../errors.ts';

/** Tokens kept of each. The longer one gives first; if both are too long, each gets half, and an odd one goes to the longer. */
export function longestFirst(first: number, second: number, most: number): [number, number] {
  if (first + second <= most) return [first, second];
  const shorter = Math.min(first, second);
  let low = shorter;
  let high = shorter > most ? shorter : Math.max(shorter, most - shorter);
  if (low + high > most) {
    low = Math.floor(most / 2);
    high = most - low;
  }
  return first > second ? [high, low] : [low, high];
}

/** vLLM's `max_tokens_per_query` or `max_tokens_per_doc`, special tokens not counted. Null and 0, as there: no limit. */
export function resolveTokenLimit(value: number | null, name: 'max_tokens_per_query' | 'max_tokens_per_doc', maxModelLen: number): number {
  if (value === null || value === 0) return Infinity;
  if (!Number.isInteger(value) || value < 0) {
    throw new PoolingError('invalid-option', `${name} must be a non-negative integer`);
  }
  if (value >= maxModelLen) {
    throw new PoolingError('invalid-option', `${name} (${value}) must be less than max_model_len (${maxModelLen}).`);
  }
  return value;
}
