/** Unit vectors and their weights in; their weighted mean, scaled to length 1 again, out: what chunked processing makes of a text's chunks. */
export function weightedMean(vectors: readonly Float32Array[], weights: readonly number[]): Float32Array {
  const mean = new Float32Array(vectors[0]?.length ?? 0);
  vectors.forEach((vector, v) => {
    for (let i = 0; i < mean.length; i++) mean[i]! += vector[i]! * weights[v]!;
  });
  const length = Math.hypot(...mean);
  return length === 0 ? mean : mean.map((value) => value / length);
}
