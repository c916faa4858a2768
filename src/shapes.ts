/**
 * The nouns that travel between the stages of the pipeline. Imports nothing.
 *
 *   prompt -> Encoding -> Window -> Batch -> hidden states (pooling/pooler.ts) -> Rows -> output
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
  ids: BigInt64Array;
  /** 1 for a token, 0 for padding. */
  mask: BigInt64Array;
  typeIds: BigInt64Array;
}

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
