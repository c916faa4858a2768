/** Documents and their scores -> the best of them, best first. */
import type { Prompt, RerankResult, ScoringRequestOutput } from '../types.ts';

/** `topN` 0: all. The sort is stable, so that equal scores keep the order of the documents. */
export function ranked(documents: readonly Prompt[], scored: readonly ScoringRequestOutput[], topN: number): RerankResult[] {
  const results = documents.map((document, index) => ({ index, relevance_score: scored[index]!.outputs.score, document }));
  return results.sort((a, b) => b.relevance_score - a.relevance_score).slice(0, topN || undefined);
}
