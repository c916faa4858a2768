/**
 * Unit vectors in, a place for each on a map out. UMAP, which keeps neighbours together, begins at the two principal components, which keep the large
 * picture, and draws its random numbers from a fixed seed: the same vectors give the same map.
 */
import { UMAP } from 'umap-js';
import type { VectorRows } from '../vectors/forms.ts';
import { keptOn, neighboursOf } from './neighbours.ts';
import { principal } from './principal.ts';

export interface Layout {
  /** `[count, 2]`, each from 0 to 1. */
  places: Float32Array;
  /** Of each point's nearest by the vectors, the share that are among its nearest on the map. */
  kept: number;
  /** The same for the principal components alone. */
  keptByPrincipal: number;
}

/** Fewer make no map. */
export const fewest = 20;
const nearest = 15;

export function layOut(vectors: VectorRows): Layout {
  const near = neighboursOf(vectors, nearest + 1);
  const start = fit(principal(vectors));
  const umap = new UMAP({ nComponents: 2, nNeighbors: nearest + 1, minDist: 0.15, nEpochs: 400, random: seeded(7) });
  umap.setPrecomputedKNN(near.indices, near.distances);
  const epochs = umap.initializeFit(Array.from({ length: vectors.count }, (_, i) => [i]));
  umap.getEmbedding().forEach((place, i) => {
    // The rows are its working copy. Ten wide, as it would begin at random.
    place[0] = start[2 * i]! * 10;
    place[1] = start[2 * i + 1]! * 10;
  });
  for (let epoch = 0; epoch < epochs; epoch++) umap.step();
  const places = fit(Float32Array.from(umap.getEmbedding().flat()));
  return { places, kept: keptOn(places, near), keptByPrincipal: keptOn(start, near) };
}

/** Into the unit square, not stretched. */
function fit(places: Float32Array): Float32Array {
  const [low, high] = [
    [Infinity, Infinity],
    [-Infinity, -Infinity],
  ];
  places.forEach((value, i) => {
    low[i % 2] = Math.min(low[i % 2]!, value);
    high[i % 2] = Math.max(high[i % 2]!, value);
  });
  const scale = 1 / (Math.max(high[0]! - low[0]!, high[1]! - low[1]!) || 1);
  return places.map((value, i) => 0.5 + (value - (low[i % 2]! + high[i % 2]!) / 2) * scale);
}

/** mulberry32. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 4294967296;
  };
}
