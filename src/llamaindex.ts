/** rockpool for LlamaIndex.TS (`@llamaindex/core` 0.5 and 0.6): embeddings and reranking with models that run here. */
export { RockpoolEmbedding, type RockpoolEmbeddingParams } from './adapters/llamaindex/embedding.ts';
export { RockpoolReranker, type RockpoolRerankerParams } from './adapters/llamaindex/reranker.ts';
export type { EmbeddingLLM, RerankingLLM } from './adapters/models.ts';
