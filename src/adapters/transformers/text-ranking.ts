/** `text-ranking`: a query and documents in, the documents' places out, best first. transformers.js has no such pipeline. */
import { readOptions } from '../../facade/options.ts';
import { SCORE_OPTIONS } from '../../facade/pool-request.ts';
import type { ScoreOptions } from '../../types.ts';
import type { PipelineLLM } from './texts.ts';

/** Besides: options of `LLM.rerank`, such as `signal`. */
export interface TextRankingOptions extends ScoreOptions {
  /** The best so many. Null: all. Default null. */
  top_k?: number | null;
  /** Answer the documents too. Default false. */
  return_documents?: boolean;
}

export interface Ranked {
  /** Of the document in the list that was given. */
  index: number;
  /** Higher is more relevant: what the cross-encoder's activation gives; of embedding models, cosine or MaxSim. */
  score: number;
  text?: string;
}

type Read = Omit<TextRankingOptions, 'top_k' | 'return_documents'> & { topK?: number | null; returnDocuments?: boolean };

/** A pair that is too long is cut, as in the other pipelines. */
export async function textRanking(
  llm: PipelineLLM,
  query: string,
  documents: readonly string[],
  options?: TextRankingOptions,
): Promise<Ranked[]> {
  const known = [...SCORE_OPTIONS, 'topK', 'returnDocuments'] as const;
  const { topK = null, returnDocuments = false, ...rest } = readOptions<Read>(options as Read, known, 'text-ranking');
  if (documents.length === 0) return [];
  const results = await llm.rerank(query, documents, { truncatePromptTokens: -1, ...rest, topN: topK ?? 0 });
  return results.map(({ index, relevance_score }) => ({
    index,
    score: relevance_score,
    ...(returnDocuments && { text: documents[index]! }),
  }));
}
