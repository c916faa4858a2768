/** Candidates with vectors, best first -> k of them that are relevant and unlike each other: maximal marginal relevance (Carbonell, Goldstein 1998). */
import { l2Normalize } from '../math.ts';
import { pacer } from './pacer.ts';
import { VectorTable } from './vector-table.ts';

export interface Candidate {
  score: number;
  vector: Float32Array;
}

/**
 * `diversity` 0: the order as it is. 1: each as unlike those before it as can be. Scores are brought to 0 to 1 first, so that any scale will do.
 * Each that is chosen is compared with all candidates, with breaths in between. Throws `aborted`.
 */
export async function diversify<T extends Candidate>(
  candidates: readonly T[],
  k: number,
  diversity: number,
  signal?: AbortSignal,
): Promise<T[]> {
  const pace = pacer(signal);
  const scores = candidates.map(({ score }) => score);
  let [low, high] = [Infinity, -Infinity];
  // As arguments of Math.min they would not fit on the stack.
  for (const score of scores) [low, high] = [Math.min(low, score), Math.max(high, score)];
  const relevance = scores.map((score) => (high > low ? (score - low) / (high - low) : 1));
  const directions = new VectorTable('float32', candidates[0]?.vector.length ?? 0);
  directions.reserve(candidates.length);
  for (const { vector } of candidates) {
    const direction = vector.slice();
    l2Normalize(direction);
    directions.push(direction);
    await pace();
  }
  /** To the nearest of those that are chosen. */
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
    const cosines = directions.scores(directions.vector(best));
    for (const i of left) likeness[i] = Math.max(likeness[i]!, cosines[i]!);
    await pace();
  }
  return chosen;
}
