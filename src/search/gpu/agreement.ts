/** Are these the k best rows? What a GPU found, held against all scores of the reference. */
import type { Ranked } from '../top-k.ts';

/** Of the largest score. Sums of a few hundred float32 products, added in another order, differ by less than a hundredth of it. */
const TOLERANCE = 1e-4;

/**
 * Each place has the score that it has in the reference's order, and each row the score that the reference gives it. Rows may trade places
 * within rounding.
 */
export function agrees(found: Ranked, expected: Ranked, scores: Float32Array): boolean {
  if (found.rows.length !== expected.rows.length || new Set(found.rows).size !== found.rows.length) return false;
  let largest = 0;
  for (const score of scores) if (Math.abs(score) > largest && score !== Infinity && score !== -Infinity) largest = Math.abs(score);
  const isNear = (a: number, b: number) => a === b || Math.abs(a - b) <= TOLERANCE * largest;
  return found.rows.every((row, i) => isNear(found.scores[i]!, expected.scores[i]!) && isNear(found.scores[i]!, scores[row] ?? NaN));
}
