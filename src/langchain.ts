/** rockpool for LangChain.js (`@langchain/core` 0.3 and 1): embeddings, reranking and a vector store with models that run here. */
export { RockpoolEmbeddings, type RockpoolEmbeddingsParams } from './adapters/langchain/embeddings.ts';
export { RockpoolRerank, type RockpoolRerankParams } from './adapters/langchain/document-compressor.ts';
export { RockpoolVectorStore, type RockpoolAddOptions, type RockpoolVectorStoreParams } from './adapters/langchain/vector-store.ts';
export type { EmbeddingLLM, RerankingLLM } from './adapters/models.ts';
