/**
 * The nouns that travel between the stages of the pipeline. Imports nothing but public names.
 *
 *   prompt -> Encoding -> Window -> Batch -> HiddenStates -> Rows -> output
 */
import type { PoolingType } from './types.ts';

/** One prompt, or one pair of texts, as token ids, special tokens included. */
export interface Encoding {
  ids: Int32Array;
  /** 0 for the first text, 1 for the second of a pair. Absent: all zero. */
  typeIds?: Uint8Array;
  /** Tokens at the start that pooling leaves out: a prompt, where the model's files say `include_prompt: false`. Absent: 0. */
  skip?: number;
  /** Late chunking: runs of its tokens, each of which becomes a row (their mean), in place of a row for each token. Absent: none. */
  chunks?: readonly Run[];
}

/** Neighbouring tokens. */
export interface Run {
  start: number;
  count: number;
}

/** What the model takes in one go: a whole encoding, or one chunk of a long one. `ids` is a view, not a copy. */
export interface Window extends Encoding {}

/** A tensor that the graph gives: token rows [batch, tokens, width], or rows that the graph has pooled already, [batch, width]. */
export interface GraphOutput {
  name: string;
  rows: 'token' | 'text';
  width: number;
}

/** How the rows of a window are computed, pooled and finished on the device. Windows share a batch only if these are equal. */
export interface PoolSpec {
  output: GraphOutput;
  /**
   * What becomes of a text's token rows. Several: their results one behind the other, as Sentence-Transformers joins them; then `dimensions` is
   * the whole width and `normalize` is false. Not looked at if `output` has one row for each text.
   */
  types: readonly PoolingType[];
  /** STEP: only rows of tokens with this id. Null: all rows. */
  stepTagId: number | null;
  /** Columns of a row that are kept, in this order. Null: all. */
  columns: readonly number[] | null;
  /** Values kept of each row after that, counted from the first. */
  dimensions: number;
  /** L2-normalise after the cut. */
  normalize: boolean;
  /** The graph's `task_id` input, for models with an adapter for each task. Null: it has none. */
  adapter: number | null;
}

/** Padded model input: `rows` x `tokens`, row-major. */
export interface Batch {
  rows: number;
  tokens: number;
  ids: BigInt64Array<ArrayBuffer>;
  /** 1 for a token, 0 for padding. */
  mask: BigInt64Array<ArrayBuffer>;
  typeIds: BigInt64Array<ArrayBuffer>;
  /** For each row, the tokens at its start that pooling leaves out. */
  skips: readonly number[];
  /** For each row, what it is chunked into late. Null: it is not. */
  chunks: readonly (readonly Run[] | null)[];
}

/** A graph output as a flat matrix: token rows, padding rows included wherever they are, or one row for each text. */
export type HiddenStates = {
  /** Rows of the matrix: of all tokens of the batch, padding too, or of its texts where the graph has pooled them. */
  rows: number;
  /** Columns. */
  hidden: number;
} & (
  | { location: 'cpu'; type: 'float32'; data: Float32Array }
  /** float16 as raw 16-bit words. */
  | { location: 'cpu'; type: 'float16'; data: Uint16Array }
  | { location: 'gpu'; type: 'float32' | 'float16'; buffer: GPUBuffer }
);

/**
 * What a run of n rows x[1] … x[n] becomes, column by column: their mean; their sum / sqrt(n); their maximum; or sum(w[i] x[i]) / sum(w[i])
 * with weights that grow by one a row. Sentence-Transformers' `mean`, `mean_sqrt_len_tokens`, `max` and `weightedmean`.
 */
type Reduction = 'mean' | 'mean_sqrt_len' | 'max' | 'weightedmean';

/** A run of neighbouring rows of a flat [rows, hidden] matrix that becomes one output row. */
export interface Span {
  start: number;
  count: number;
  reduce: Reduction;
  /** The weight of the first row in a weighted mean. Absent: 1. */
  firstWeight?: number;
}

/** Float32 rows, row-major [rows, dimensions]. */
export interface Rows {
  data: Float32Array;
  rows: number;
  dimensions: number;
}

/** One step of a model's head, over pooled rows. Weights are float32. */
export type HeadLayer =
  /** activation(x W^T + b). `weight` is [outputs, inputs], row-major, as torch.nn.Linear keeps it. */
  | { kind: 'dense'; inputs: number; outputs: number; weight: Float32Array; bias: Float32Array | null; activation: Activation }
  | { kind: 'layer-norm'; width: number; weight: Float32Array | null; bias: Float32Array | null; eps: number }
  /** L2, where it is not the last step. */
  | { kind: 'normalize' }
  /** Matryoshka: the first so many values. */
  | { kind: 'cut'; dimensions: number };

/** torch.nn's activation functions by their name in lower case; `gelu_tanh` is GELU(approximate='tanh'). Softmax is over a row. */
export type Activation = 'identity' | 'relu' | 'gelu' | 'gelu_tanh' | 'silu' | 'tanh' | 'sigmoid' | 'softmax';
