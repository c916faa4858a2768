/** Scores in; the places of the best `k`, best first, out. Of equals the earlier wins. */
export function topOf(scores: Float32Array, k: number, except = -1): number[] {
  const best: number[] = [];
  for (let id = 0; id < scores.length; id++) {
    if (id === except || (best.length === k && scores[id]! <= scores[best[k - 1]!]!)) continue;
    let place = best.length === k ? k - 1 : best.length;
    for (; place > 0 && scores[best[place - 1]!]! < scores[id]!; place--) best[place] = best[place - 1]!;
    best[place] = id;
  }
  return best;
}

/** From 1. */
export function rankOf(scores: Float32Array, id: number): number {
  let rank = 1;
  for (let other = 0; other < scores.length; other++)
    if (scores[other]! > scores[id]! || (scores[other] === scores[id] && other < id)) rank++;
  return rank;
}
