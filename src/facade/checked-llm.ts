/** What search and the adapters are given for an LLM, whichever entry it is from. */
import { PoolingError } from '../errors.ts';

/** The LLM that `of` was given. Throws `invalid-option` for anything else. */
export function checked<T extends { info: unknown }>(llm: T | undefined, method: keyof T, of: string): T {
  if (typeof llm?.[method] === 'function') return llm;
  throw new PoolingError('invalid-option', `${of} takes an LLM that has been loaded, got ${kindOf(llm)}.`);
}

/** Of a value that JSON would show as `{}`. */
export const kindOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1);
