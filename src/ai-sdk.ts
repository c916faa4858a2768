/** rockpool for Vercel's AI SDK (`ai` 6 and 7): `embed`, `embedMany` and `rerank` with models that run here. */
export { embeddingModel, type EmbeddingModelSettings, type RockpoolEmbeddingModel } from './adapters/ai-sdk/embedding-model.ts';
export { rerankingModel, type RerankingModelSettings, type RockpoolRerankingModel } from './adapters/ai-sdk/reranking-model.ts';
export { createRockpool, type RockpoolProvider, type RockpoolProviderSettings } from './adapters/ai-sdk/provider.ts';
export type { EmbeddingLLM, RerankingLLM } from './adapters/models.ts';
