/** The Pooler interface: token states [tokens, hidden] and spans -> float32 rows [spans, dimensions]. Two implementations, one test suite. */
import type { HiddenStates, PoolSpec, Rows, Span } from '../shapes.ts';

export interface Pooler {
  /**
   * Mean over each span, cut to `dimensions`, then L2-normalised if asked for. Sums are float32 whatever the states are.
   * No spans: no rows. Does not keep `states`.
   */
  pool(states: HiddenStates, spans: readonly Span[], finish: Pick<PoolSpec, 'dimensions' | 'normalize'>): Promise<Rows>;
}
