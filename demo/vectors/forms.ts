/**
 * Unit vectors `[count, size]` in; the same vectors shorter and coarser out, with a score for a query. The first values are kept and made unit length
 * again. int8: one scale a vector, its largest magnitude over 127, against a float query. Binary: a bit for each value, whether it is above 0.
 */
import { dot } from './cosine.ts';

export const precisions = ['fp32', 'int8', 'binary'] as const;
export type Precision = (typeof precisions)[number];

export interface VectorRows {
  data: Float32Array;
  count: number;
  size: number;
}

export interface VectorForm {
  bytes: number;
  /** One for each vector, higher is nearer: cosine, or for binary the same from -1 to 1 by the bits that agree. */
  scores(query: Float32Array): Float32Array;
}

export function formOf(full: VectorRows, dimensions: number, precision: Precision): VectorForm {
  const short = shorten(full, dimensions);
  const scorerOf = { fp32: floatScorer, int8: byteScorer, binary: bitScorer }[precision](short);
  return {
    bytes: full.count * bytesOf(dimensions, precision),
    scores(query) {
      const score = scorerOf(shorten({ data: query, count: 1, size: query.length }, dimensions).data);
      const scores = new Float32Array(full.count);
      for (let i = 0; i < scores.length; i++) scores[i] = score(i);
      return scores;
    },
  };
}

/** Of one vector. int8 has its scale beside it. */
export function bytesOf(dimensions: number, precision: Precision): number {
  if (precision === 'fp32') return dimensions * 4;
  return precision === 'int8' ? dimensions + 4 : Math.ceil(dimensions / 8);
}

/** The first values of each, of unit length again. */
function shorten({ data, count, size }: VectorRows, dimensions: number): VectorRows {
  const short = new Float32Array(count * dimensions);
  for (let row = 0; row < count; row++) {
    const kept = data.subarray(row * size, row * size + dimensions);
    const scale = 1 / (Math.sqrt(dot(kept, kept)) || 1);
    for (let i = 0; i < dimensions; i++) short[row * dimensions + i] = kept[i]! * scale;
  }
  return { data: short, count, size: dimensions };
}

type ScorerOf = (query: Float32Array) => (row: number) => number;

function floatScorer({ data, size }: VectorRows): ScorerOf {
  return (query) => (row) => dot(query, data.subarray(row * size, (row + 1) * size));
}

function byteScorer({ data, count, size }: VectorRows): ScorerOf {
  const codes = new Int8Array(data.length);
  const scales = new Float32Array(count);
  for (let row = 0; row < count; row++) {
    let most = 0;
    for (let i = row * size; i < (row + 1) * size; i++) most = Math.max(most, Math.abs(data[i]!));
    scales[row] = most / 127 || 1;
    for (let i = row * size; i < (row + 1) * size; i++) codes[i] = Math.round(data[i]! / scales[row]!);
  }
  return (query) => (row) => dot(query, codes.subarray(row * size, (row + 1) * size)) * scales[row]!;
}

function bitScorer(short: VectorRows): ScorerOf {
  const { size } = short;
  const words = Math.ceil(size / 32);
  const codes = signsOf(short);
  return (query) => {
    const wanted = signsOf({ data: query, count: 1, size });
    return (row) => {
      let differing = 0;
      for (let i = 0; i < words; i++) differing += bitsIn(wanted[i]! ^ codes[row * words + i]!);
      return 1 - (2 * differing) / size;
    };
  };
}

/** Each row in whole words of 32 bits; those past its end are 0. */
function signsOf({ data, count, size }: VectorRows): Uint32Array {
  const words = Math.ceil(size / 32);
  const signs = new Uint32Array(count * words);
  for (let row = 0; row < count; row++)
    for (let i = 0; i < size; i++) if (data[row * size + i]! > 0) signs[row * words + (i >> 5)]! |= 1 << (i & 31);
  return signs;
}

function bitsIn(word: number): number {
  word -= (word >>> 1) & 0x55555555;
  word = (word & 0x33333333) + ((word >>> 2) & 0x33333333);
  return Math.imul((word + (word >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
