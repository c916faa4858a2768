/** vLLM's truncate_prompt_tokens -> how many tokens of a prompt to keep, and from which end to cut. */
import { PoolingError, shown } from '../errors.ts';

export interface Truncation {
  /** Most tokens, special tokens included. */
  length: number;
  /** The end that is cut away. */
  side: 'left' | 'right';
}

/** Null: no truncation. -1 and below: the model's maximum. Above the maximum: vLLM's error. */
export function resolveTruncation(value: number | null, side: 'left' | 'right', maxModelLen: number): Truncation | null {
  if (side !== 'left' && side !== 'right') {
    throw new PoolingError('invalid-option', `truncationSide must be "left" or "right", got ${shown(side)}.`);
  }
  if (value === null) return null;
  if (!Number.isInteger(value)) {
    throw new PoolingError(
      'invalid-option',
      `truncate_prompt_tokens must be an integer (below 0: the model's maximum), got ${String(value)}.`,
    );
  }
  if (value > maxModelLen) {
    throw new PoolingError(
      'invalid-option',
      `truncate_prompt_tokens value (${value}) is greater than max_model_len (${maxModelLen}). Please, select a smaller truncation size.`,
    );
  }
  return { length: value < 0 ? maxModelLen : value, side };
}

export function keep(ids: Int32Array, most: number, cut: 'left' | 'right'): Int32Array {
  if (ids.length <= most) return ids;
  return cut === 'right' ? ids.subarray(0, most) : ids.subarray(ids.length - most);
}
