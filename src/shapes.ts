/**
 * The nouns that travel between the stages of the pipeline. Imports nothing.
 *
 *   prompt -> Encoding -> Window -> Batch -> HiddenStates -> Rows -> output
 */

/** One prompt as token ids, special tokens included. */
export interface Encoding {
  ids: Int32Array;
  /** 0 for the first text, 1 for the second of a pair. Absent: all zero. */
  typeIds?: Uint8Array;
}

/** What the model takes in one go: a whole encoding, or one chunk of a long one. `ids` is a view, not a copy. */
export interface Window {
  ids: Int32Array;
  typeIds?: Uint8Array;
}

/** How the rows of a window are pooled and finished. Windows share a batch only if these are equal. */
export interface PoolSpec {
  /** Which token rows become one: the first, the last, the mean of all, or each its own row. */
  type: 'CLS' | 'LAST' | 'MEAN' | 'ALL';
  /** Values kept of each row, counted from the first: at most the hidden size. */
  dimensions: number;
  /** L2-normalise after the cut. */
  normalize: boolean;
}

/** Padded model input: `rows` x `tokens`, row-major. */
export interface Batch {
  rows: number;
  tokens: number;
  ids: BigInt64Array<ArrayBuffer>;
  /** 1 for a token, 0 for padding. */
  mask: BigInt64Array<ArrayBuffer>;
  typeIds: BigInt64Array<ArrayBuffer>;
}

/** A model's last hidden states as a flat matrix of token rows, padding rows included, wherever they are. */
export type HiddenStates = { tokens: number; hidden: number } & (
  | { location: 'cpu'; type: 'float32'; data: Float32Array }
  /** float16 as raw 16-bit words. */
  | { location: 'cpu'; type: 'float16'; data: Uint16Array }
  | { location: 'gpu'; type: 'float32' | 'float16'; buffer: GPUBuffer }
);

/** A run of neighbouring token rows of the flat [rows * tokens, hidden] matrix that becomes one output row: their mean. */
export interface Span {
  start: number;
  count: number;
}

/** Float32 rows, row-major [rows, dimensions]. */
export interface Rows {
  data: Float32Array;
  rows: number;
  dimensions: number;
}
