/** Unit vectors in; for each its nearest `k` out, itself first, exactly: every pair is compared. */
import type { VectorRows } from '../vectors/forms.ts';

export interface Neighbours {
  indices: number[][];
  /** 1 - cosine. */
  distances: number[][];
}

export function neighboursOf({ data, count, size }: VectorRows, k: number): Neighbours {
  const rows = Array.from({ length: count }, (_, i) => data.subarray(i * size, (i + 1) * size));
  const indices: number[][] = [];
  const distances: number[][] = [];
  const line = new Float32Array(count);
  for (let a = 0; a < count; a++) {
    for (let b = 0; b < count; b++) {
      let sum = 0;
      for (let i = 0; i < size; i++) sum += rows[a]![i]! * rows[b]![i]!;
      line[b] = 1 - sum;
    }
    line[a] = -1; // itself, before any twin
    const nearest = smallest(line, k);
    indices.push(nearest);
    distances.push(nearest.map((b) => Math.max(0, line[b]!)));
  }
  return { indices, distances };
}

/** Of each point's nearest, the share that are among its nearest on a map `[count, 2]` too: how much of the truth two dimensions keep. */
export function keptOn(places: Float32Array, { indices }: Neighbours): number {
  const count = places.length / 2;
  const line = new Float32Array(count);
  let kept = 0;
  let all = 0;
  for (let a = 0; a < count; a++) {
    for (let b = 0; b < count; b++) line[b] = (places[2 * a]! - places[2 * b]!) ** 2 + (places[2 * a + 1]! - places[2 * b + 1]!) ** 2;
    line[a] = -1;
    const wanted = indices[a]!.slice(1);
    const near = new Set(smallest(line, wanted.length + 1));
    kept += wanted.filter((b) => near.has(b)).length;
    all += wanted.length;
  }
  return all === 0 ? 1 : kept / all;
}

function smallest(values: Float32Array, k: number): number[] {
  const best: number[] = [];
  for (let i = 0; i < values.length; i++) {
    if (best.length === k && values[i]! >= values[best[k - 1]!]!) continue;
    let place = Math.min(best.length, k - 1);
    for (; place > 0 && values[best[place - 1]!]! > values[i]!; place--) best[place] = best[place - 1]!;
    best[place] = i;
  }
  return best;
}
