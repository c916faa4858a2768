/** Pooled rows of one input's windows, in any order -> its one vector: the row itself, or the token-weighted mean of its chunks. */
import { l2Normalize } from '../math.ts';

export interface Aggregate {
  /** Adds the row of a window that has `tokens` tokens. */
  add(row: Float32Array, tokens: number): void;
  /** Call once all windows are in. */
  finish(): void;
}

/** A single window: its row is the result. */
export function only(out: Float32Array): Aggregate {
  return { add: (row) => out.set(row), finish: () => {} };
}

/**
 * sum(embedding_i * tokens_i) / sum(tokens_i), a running float32 sum, so that memory does not grow with the text. With `normalize` the chunks
 * came in at unit length and so does the result (vLLM #57498); without, it is the bare weighted mean.
 */
export function weightedMean(out: Float32Array, normalize: boolean): Aggregate {
  let weights = 0;
  return {
    add(row, tokens) {
      for (let i = 0; i < out.length; i++) out[i]! += row[i]! * tokens;
      weights += tokens;
    },
    finish() {
      for (let i = 0; i < out.length; i++) out[i]! /= weights;
      if (normalize) l2Normalize(out);
    },
  };
}
