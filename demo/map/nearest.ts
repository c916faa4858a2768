/** The vectors of the corpus and a vector in; its nearest among the first `count`, those that are on the map, out. */
import type { VectorHit } from '../corpus/vector-index.ts';
import { dot } from '../vectors/cosine.ts';
import type { VectorRows } from '../vectors/forms.ts';
import { topOf } from '../vectors/top.ts';

const nearest = 10;

/** `except`: a point that is not its own neighbour; -1: none. */
export function nearestOf({ data, size }: VectorRows, count: number, vector: Float32Array, except: number): VectorHit[] {
  const scores = Float32Array.from({ length: count }, (_, i) => dot(vector, data.subarray(i * size, (i + 1) * size)));
  return topOf(scores, nearest, except).map((id) => ({ id, score: scores[id]! }));
}
