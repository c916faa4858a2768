/** An LLM -> LangChain's document compressor: documents in, the best of them out, best first, with their scores. */
import { Document, type DocumentInterface } from '@langchain/core/documents';
import { BaseDocumentCompressor } from '@langchain/core/retrievers/document_compressors';
import { readOptions, type EitherSpelling } from '../../facade/options.ts';
import { RERANK_OPTIONS } from '../../facade/pool-request.ts';
import { soundRanks } from '../../facade/sound-ranks.ts';
import type { RerankOptions } from '../../types.ts';
import { checked } from '../../facade/checked-llm.ts';
import type { RerankingLLM } from '../models.ts';

/** Besides: options of `LLM.rerank` for every call. `topN`: documents that are kept. Default: all. */
export interface RockpoolRerankParams extends RerankOptions {
  llm: RerankingLLM;
  /** Where in a document's metadata its score goes; higher is more relevant. Default `relevanceScore`, as other rerankers of LangChain have it. */
  scoreField?: string;
}

/**
 * `new RockpoolRerank({ llm, topN: 3 })`, for a ContextualCompressionRetriever. The documents that are given are left as they are. Errors as
 * `LLM.rerank`.
 */
export class RockpoolRerank extends BaseDocumentCompressor {
  readonly llm: RerankingLLM;
  readonly scoreField: string;
  readonly #options: RerankOptions;

  constructor(params: EitherSpelling<RockpoolRerankParams>) {
    super();
    const known = [...RERANK_OPTIONS, 'llm', 'scoreField'] as const;
    const { llm, scoreField = 'relevanceScore', ...options } = readOptions(params as RockpoolRerankParams, known, 'RockpoolRerank');
    this.llm = checked(llm, 'rerank', 'RockpoolRerank');
    this.scoreField = scoreField;
    this.#options = options;
  }

  override async compressDocuments(documents: DocumentInterface[], query: string): Promise<DocumentInterface[]> {
    if (documents.length === 0) return [];
    const texts = documents.map(({ pageContent }) => pageContent);
    const results = soundRanks(await this.llm.rerank(query, texts, this.#options), texts.length);
    return results.map(({ index, relevance_score }) => {
      const { pageContent, metadata, id } = documents[index]!;
      return new Document({ pageContent, metadata: { ...metadata, [this.scoreField]: relevance_score }, ...(id !== undefined && { id }) });
    });
  }
}
