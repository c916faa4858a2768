/** A query's vector and two forms of an index in; the best of the shorter one, with the places that they have in the full one, out. */
import type { VectorForm } from '../vectors/forms.ts';
import { rankOf, topOf } from '../vectors/top.ts';

export interface Comparison {
  hits: { id: number; score: number; fullRank: number }[];
  /** Among the best of the full vectors, and no longer here. */
  lost: { id: number; fullRank: number; rank: number }[];
}

export function compare(query: Float32Array, full: VectorForm, short: VectorForm, k: number): Comparison {
  const fullScores = full.scores(query);
  const scores = short.scores(query);
  const hits = topOf(scores, k);
  return {
    hits: hits.map((id) => ({ id, score: scores[id]!, fullRank: rankOf(fullScores, id) })),
    lost: topOf(fullScores, k).flatMap((id, place) => (hits.includes(id) ? [] : [{ id, fullRank: place + 1, rank: rankOf(scores, id) }])),
  };
}
