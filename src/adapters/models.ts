/** What the adapters need of an LLM, whichever entry it is from. */
import type { PoolingLLM } from '../facade/llm.ts';

export type EmbeddingLLM = Pick<PoolingLLM, 'info' | 'embed'>;
export type RerankingLLM = Pick<PoolingLLM, 'info' | 'rerank'>;
