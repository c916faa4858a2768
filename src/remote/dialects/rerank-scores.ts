/** What rerankers answer, best first -> one score a document, in the order of the documents. */
import { byIndex, numberOf } from '../read-answer.ts';

export function readRanks(results: unknown, count: number, field: 'score' | 'relevance_score'): Float32Array {
  return Float32Array.from(byIndex(results, count, 'scores'), (result) => numberOf(result[field], 'a score'));
}
