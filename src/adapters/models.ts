/** What the adapters need of an LLM, whichever entry it is from: `rockpool`, `rockpool/edge` or `rockpool/remote`. */
import { PoolingError } from '../errors.ts';
import type { PoolingLLM } from '../facade/llm.ts';

export type EmbeddingLLM = Pick<PoolingLLM, 'info' | 'embed'>;
export type RerankingLLM = Pick<PoolingLLM, 'info' | 'rerank'>;

/** The LLM that an adapter was given. Throws `invalid-option` for anything else. */
export function checked<T extends { info: unknown }>(llm: T | undefined, method: keyof T, of: string): T {
  if (typeof llm?.[method] === 'function') return llm;
  const kind = Object.prototype.toString.call(llm).slice(8, -1);
  throw new PoolingError('invalid-option', `${of} takes an LLM that has been loaded, got ${kind}.`);
}
