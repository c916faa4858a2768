/** The packages nearest to a query in; where its star stands out: among them, and closest to those that are nearest by far. */
import type { VectorHit } from '../corpus/vector-index.ts';
import type { Point } from './camera.ts';
import { placeOf } from './pick.ts';

/** A hit that is this much less near has a third of the weight. */
const softness = 0.05;

export function placeOfQuery(hits: readonly VectorHit[], places: Float32Array): Point | null {
  const known = hits.filter(({ id }) => id < places.length / 2);
  const best = known[0]?.score ?? 0;
  const star = { x: 0, y: 0 };
  let sum = 0;
  for (const { id, score } of known) {
    const weight = Math.exp((score - best) / softness);
    const { x, y } = placeOf(places, id);
    star.x += weight * x;
    star.y += weight * y;
    sum += weight;
  }
  return sum === 0 ? null : { x: star.x / sum, y: star.y / sum };
}
