/** What search and the adapters are given for an LLM, whichever entry it is from. */
import { PoolingError } from '../errors.ts';

/** The LLM that `of` was given. Throws `invalid-option` for anything else. */
export function checked<T extends { info: unknown }>(llm: T | undefined, method: keyof T, of: string): T {
  if (typeof llm?.[method] === 'function') return llm;
  const kind = Object.prototype.toString.call(llm).slice(8, -1);
  throw new PoolingError('invalid-option', `${of} takes an LLM that has been loaded, got ${kind}.`);
}
