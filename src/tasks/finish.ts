/** Rows as the device gives them -> finished rows: head, Matryoshka cut, then L2 or an activation, in float32. */
import { activate } from '../heads/activation.ts';
import { applyHead, firstColumns } from '../heads/apply-head.ts';
import { l2Normalize } from '../math.ts';
import type { Rows } from '../shapes.ts';
import type { Finish } from './plan.ts';

/** `given` is not written to: it is the device's. */
export function finishRows(given: Rows, { head, dimensions, normalize, activation }: Finish): Rows {
  const cut = firstColumns(applyHead(given, head), dimensions);
  if (normalize) for (let row = 0; row < cut.rows; row++) l2Normalize(cut.data.subarray(row * dimensions, (row + 1) * dimensions));
  if (activation !== null) activate(cut.data, dimensions, activation);
  return cut;
}
