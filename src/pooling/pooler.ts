/** The Pooler interface: states [tokens, hidden] and spans -> float32 rows [spans, dimensions]. Two implementations, one test suite. */
import type { HiddenStates, PoolSpec, Rows, Span } from '../shapes.ts';

/** What is done to each row after the reduction, in this order. */
export type RowShape = Pick<PoolSpec, 'columns' | 'dimensions' | 'normalize'>;

export interface Pooler {
  /**
   * Reduces each span, gathers `columns`, cuts to `dimensions`, and L2-normalises if asked for. Sums are float32 whatever the states are.
   * A NaN in a span is a NaN in its row. No spans: no rows. Does not keep `states`.
   */
  pool(states: HiddenStates, spans: readonly Span[], shape: RowShape): Promise<Rows>;
}
