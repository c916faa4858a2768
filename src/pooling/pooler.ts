/** The Pooler interface: token states [tokens, hidden] and spans -> float32 rows [spans, dimensions]. Two implementations, one test suite. */
import type { PoolSpec, Rows, Span } from '../shapes.ts';

/** A model's last hidden states as a flat matrix of token rows, padding rows included, wherever they are. */
export type HiddenStates = { tokens: number; hidden: number } & (
  | { location: 'cpu'; type: 'float32'; data: Float32Array }
  /** float16 as raw 16-bit words. */
  | { location: 'cpu'; type: 'float16'; data: Uint16Array }
  | { location: 'gpu'; type: 'float32' | 'float16'; buffer: GPUBuffer }
);

export interface Pooler {
  /**
   * Mean over each span, cut to `dimensions`, then L2-normalised if asked for. Sums are float32 whatever the states are.
   * No spans: no rows. Does not keep `states`.
   */
  pool(states: HiddenStates, spans: readonly Span[], finish: Pick<PoolSpec, 'dimensions' | 'normalize'>): Promise<Rows>;
}
