/**
 * Is this WebGPU right? A probe text is embedded on it and on WASM; the two must agree. ORT's WebGPU gives silently wrong vectors on real
 * setups (fp16 overflow, drivers, fused attention from 32 tokens on), with normal norms and no error, so that nothing else would notice.
 */
import { cosine, dot } from '../math.ts';
import { batch, type Padding } from '../pipeline/batch.ts';
import type { Batch, GraphOutput, PoolSpec, Rows } from '../shapes.ts';

/** fp16 and 4-bit weights differ between devices by less than 0.005; every known fault is below 0.8. */
export const MIN_COSINE = 0.99;

/** Faults are known that begin at 32 tokens: kernels change with the tile size. */
const PROBE_TOKENS = 40;
const PROBE_TEXT =
  'The tide leaves small pools among the rocks, and in each of them a whole world goes on: anemones, hermit crabs, a blenny under a stone, and 3 sea urchins that wait for the water to come back.';

export function probeIds(encode: (text: string) => readonly number[], maxModelLen: number): Int32Array {
  let ids = [...encode(PROBE_TEXT)];
  while (ids.length > 0 && ids.length < PROBE_TOKENS) ids = [...ids, ...ids];
  return Int32Array.from(ids).subarray(0, Math.min(PROBE_TOKENS, maxModelLen));
}

/** Two rows, a long one and a short padded one, so that the mask is checked too; one after the other where rows go alone. */
export function probeBatches(ids: Int32Array, padding: Padding, alone: boolean): Batch[] {
  const rows = [{ ids }, { ids: ids.subarray(0, Math.ceil(ids.length / 3)) }];
  return alone ? rows.map((row) => batch([row], padding)) : [batch(rows, padding)];
}

/** Enough of a row to tell right from wrong; logits over a vocabulary have a hundred thousand columns. */
const MOST_COLUMNS = 4096;

/** Mean-pooled token rows of the probe, or the rows that the graph pooled; not normalised: a wrong length would show as well. */
export function probeSpec(output: GraphOutput, adapter: number | null): PoolSpec {
  const dimensions = Math.min(output.width, MOST_COLUMNS);
  return { output, types: ['MEAN'], stepTagId: null, columns: null, dimensions, normalize: false, adapter };
}

/** Rows of fewer columns have no direction to speak of: of one column, every cosine is 1 or -1. */
const FEWEST_COLUMNS = 16;

/**
 * The worse of the rows' cosines; NaN counts as 0, and so does a length that is off by a tenth or more. A few logits are compared by their
 * distance d, in parts of their length or of 1: as 1 - d²/2, which is the cosine of two unit vectors that far apart.
 */
export function agreement(a: Rows, b: Rows): number {
  let worst = 1;
  for (let row = 0; row < a.rows; row++) {
    const [x, y] = [a, b].map(({ data, dimensions }) => data.subarray(row * dimensions, (row + 1) * dimensions)) as [
      Float32Array,
      Float32Array,
    ];
    worst = Math.min(worst, (x.length < FEWEST_COLUMNS ? nearness(x, y) : likeness(x, y)) || 0);
  }
  return worst;
}

function likeness(x: Float32Array, y: Float32Array): number {
  const ratio = Math.sqrt(dot(x, x) / dot(y, y));
  return ratio > 0.9 && ratio < 1.1 ? cosine(x, y) : 0;
}

function nearness(x: Float32Array, y: Float32Array): number {
  const distance = Math.sqrt(x.reduce((sum, value, i) => sum + (value - y[i]!) ** 2, 0)) / Math.max(1, Math.sqrt(dot(y, y)));
  return Math.max(0, 1 - distance ** 2 / 2);
}
