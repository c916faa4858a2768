/** Candidates with vectors, best first -> k of them that are relevant and unlike each other: maximal marginal relevance (Carbonell, Goldstein 1998). */
import { cosine } from '../math.ts';

export interface Candidate {
  score: number;
  vector: Float32Array;
}

/** `diversity` 0: the order as it is. 1: each as unlike those before it as can be. Scores are brought to 0 to 1 first, so that any scale will do. */
export function diversify<T extends Candidate>(candidates: readonly T[], k: number, diversity: number): T[] {
  const scores = candidates.map(({ score }) => score);
  let [low, high] = [Infinity, -Infinity];
  // As arguments of Math.min they would not fit on the stack.
  for (const score of scores) [low, high] = [Math.min(low, score), Math.max(high, score)];
  const relevance = scores.map((score) => (high > low ? (score - low) / (high - low) : 1));
  const likeness = candidates.map(() => -1);
  const left = new Set(candidates.keys());
  const chosen: T[] = [];
  while (chosen.length < k && left.size > 0) {
    let best = -1;
    let bestValue = -Infinity;
    for (const i of left) {
      const value = (1 - diversity) * relevance[i]! - (chosen.length > 0 ? diversity * likeness[i]! : 0);
      if (value > bestValue) [best, bestValue] = [i, value];
    }
    left.delete(best);
    chosen.push(candidates[best]!);
    for (const i of left) likeness[i] = Math.max(likeness[i]!, cosine(candidates[i]!.vector, candidates[best]!.vector));
  }
  return chosen;
}
