/** What a caller may pass as prompts -> a list of prompts. The texts of the errors are vLLM's. */
import { PoolingError } from '../errors.ts';
import type { Prompt, PromptInput } from '../types.ts';

export function asPrompts(input: PromptInput): Prompt[] {
  // A list of numbers is one prompt; any other list is a list of prompts.
  if (!Array.isArray(input) || isIds(input)) return [asPrompt(input)];
  // Array.from finds holes too, which map() skips.
  return Array.from(input as readonly unknown[], asPrompt);
}

function isIds(value: unknown): value is ArrayLike<number> {
  if (Array.isArray(value)) return value.length > 0 && typeof value[0] === 'number';
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

/** What stands for one prompt, where only one may stand. */
export function asPrompt(value: unknown): Prompt {
  if (typeof value === 'string') return value;
  // An empty id list inside a list of prompts is a prompt, and the engine says that it is empty.
  if (isIds(value) || (Array.isArray(value) && value.length === 0)) return { prompt_token_ids: copyOf(value) };
  if (typeof value !== 'object' || value === null) throw unusable();
  const { prompt, prompt_token_ids: ids, ...rest } = value as Record<string, unknown>;
  // Both: the text is what the ids were made of.
  const usable = isIds(ids) || Array.isArray(ids) ? { prompt_token_ids: copyOf(ids) } : typeof prompt === 'string' ? { prompt } : null;
  if (!usable) throw unusable();
  // An image that is left out would give an embedding of something else.
  const unknown = Object.keys(rest).find((key) => rest[key] !== undefined && rest[key] !== null);
  if (unknown === undefined) return usable;
  throw new PoolingError('invalid-input', `A prompt has no field "${unknown}" here. It takes: prompt, prompt_token_ids.`);
}

/** So that the caller may change the list while the call is under way. Buffer has a `slice` of its own, which does not copy. */
function copyOf(ids: ArrayLike<number>): ArrayLike<number> {
  return Array.isArray(ids) ? ids.slice() : Int32Array.prototype.slice.call(ids);
}

function unusable(): PoolingError {
  return new PoolingError('invalid-input', 'prompt must be a string, array of strings, array of tokens, or array of token arrays');
}
