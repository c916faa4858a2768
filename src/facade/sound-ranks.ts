/** What a reranker answered -> the same, if each of it is of one of the documents that it was given. */
import { PoolingError, shown } from '../errors.ts';
import type { RerankResult } from '../types.ts';

/** Throws `runtime-failed`. `count`: of the documents. */
export function soundRanks(ranks: RerankResult[], count: number): RerankResult[] {
  const odd = ranks.find(({ index }) => !(Number.isInteger(index) && index >= 0 && index < count));
  if (odd)
    throw new PoolingError('runtime-failed', `The reranker answered the place ${shown(odd.index)}, and there are ${count} documents.`);
  return ranks;
}
