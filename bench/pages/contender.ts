/** What a worker of the throughput bench answers to. Texts in, vectors out: one behind the other, 384 values each, transferred. */
export interface Contender {
  load(options: { model: string; threads: number }): Promise<void>;
  /** `variant` is the contender's own: a batch size, or whether to tokenise. */
  embed(texts: readonly string[], variant: Variant): Promise<Float32Array>;
}

export interface Variant {
  /** Texts a call. */
  batch?: number;
  /** Where transformers.js cuts a text. Default: its tokenizer's own 512. */
  maxTokens?: number;
  /** Take the token ids of the turn before. */
  reuseTokens?: boolean;
}

export const DIMENSIONS = 384;
