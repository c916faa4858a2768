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

/** Cosine of the angle between two vectors; 0 if one of them is zero. */
export function cosine(a: Float32Array, b: Float32Array): number {
  const norms = Math.sqrt(dot(a, a) * dot(b, b));
  return norms === 0 ? 0 : dot(a, b) / norms;
}
