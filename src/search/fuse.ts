/** Several rankings -> one: the sum of 1 / (k + rank), rank from 1 (Cormack, Clarke, Büttcher 2009). What a ranking lacks adds nothing. */

/** The paper has 60, for many rankings. Of two, that lets a document that is 60th in both pass the first of one: docs/quality.md has what 20 wins. */
const K = 20;

export function reciprocalRanks<Key>(rankings: readonly (readonly Key[])[]): [key: Key, score: number][] {
  const scores = new Map<Key, number>();
  for (const ranking of rankings) ranking.forEach((key, i) => scores.set(key, (scores.get(key) ?? 0) + 1 / (K + i + 1)));
  // Stable: equals keep the order of the first ranking.
  return [...scores].sort(([, a], [, b]) => b - a);
}
