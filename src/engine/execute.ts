/** Windows that share a batch -> their pooled rows, with the rows of each counted. */
import { free } from '../memory.ts';
import { batch, type Padding } from '../pipeline/batch.ts';
import { deviceRows } from '../tasks/plan.ts';
import type { Runner } from './runner.ts';
import type { BatchResult, Work } from './scheduler.ts';

/** `padding` is asked for anew each time: it is known once the weights are read. */
export function executor(runner: Runner, padding: () => Padding) {
  return async (windows: readonly Work[]): Promise<BatchResult> => {
    const { pool: spec } = windows[0]!;
    const input = batch(windows, padding());
    const { rows, infer, pool } = await runner.forward(input, spec);
    free(input.ids, input.mask, input.typeIds);
    const counts = windows.map((window) => deviceRows(window, spec));
    return { data: rows.data, counts, dimensions: rows.dimensions, infer, pool };
  };
}
