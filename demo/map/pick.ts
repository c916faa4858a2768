/** Places on the map `[count, 2]` in; which point is meant, by pointer, by arrow key or by lasso, out. */
import type { Point } from './camera.ts';

export const placeOf = (places: Float32Array, i: number): Point => ({ x: places[2 * i]!, y: places[2 * i + 1]! });

/** -1 if none is within `reach`. */
export function pointAt(places: Float32Array, at: Point, reach: number): number {
  let best = -1;
  let least = reach;
  for (let i = 0; i < places.length / 2; i++) {
    const far = Math.hypot(places[2 * i]! - at.x, places[2 * i + 1]! - at.y);
    if (far <= least) [best, least] = [i, far];
  }
  return best;
}

/** The next point in a direction: near, and not far off the line. `from` itself if there is none. */
export function pointTowards(places: Float32Array, from: number, direction: Point): number {
  const start = placeOf(places, from);
  let best = from;
  let least = Infinity;
  for (let i = 0; i < places.length / 2; i++) {
    const [dx, dy] = [places[2 * i]! - start.x, places[2 * i + 1]! - start.y];
    const along = dx * direction.x + dy * direction.y;
    const aside = Math.abs(dx * direction.y - dy * direction.x);
    if (i === from || along <= 0 || aside > along) continue;
    const cost = along + 2 * aside;
    if (cost < least) [best, least] = [i, cost];
  }
  return best;
}

/** Points inside a closed outline. */
export function pointsInside(places: Float32Array, outline: readonly Point[]): number[] {
  const inside: number[] = [];
  for (let i = 0; i < places.length / 2; i++) {
    const { x, y } = placeOf(places, i);
    let odd = false;
    outline.forEach((a, n) => {
      const b = outline[(n + 1) % outline.length]!;
      if (a.y > y !== b.y > y && x < ((b.x - a.x) * (y - a.y)) / (b.y - a.y) + a.x) odd = !odd;
    });
    if (odd) inside.push(i);
  }
  return inside;
}
