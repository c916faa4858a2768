/** Vector arithmetic on float32 arrays. */

/** In place: v / max(|v|, 1e-12), as torch.nn.functional.normalize. A zero vector stays zero. */
export function l2Normalize(vector: Float32Array): void {
  const norm = Math.max(Math.sqrt(dot(vector, vector)), 1e-12);
  for (let i = 0; i < vector.length; i++) vector[i]! /= norm;
}

export function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/**
 * Cosine of the angle between two vectors as torch.nn.CosineSimilarity: each length counts as 1e-8 at least, so that it is 0 if one of them
 * is zero.
 */
export function cosine(a: Float32Array, b: Float32Array): number {
  return dot(a, b) / (Math.max(Math.sqrt(dot(a, a)), 1e-8) * Math.max(Math.sqrt(dot(b, b)), 1e-8));
}

/** To what float32, and a model in float16, know of it. */
export function isUnit(vector: Float32Array): boolean {
  return Math.abs(dot(vector, vector) - 1) < 0.01;
}
