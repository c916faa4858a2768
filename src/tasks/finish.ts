/** Rows as the device gives them -> finished rows: head, Matryoshka cut, then L2 or an activation, in float32. */
import { activate } from '../heads/activation.ts';
import { applyHead } from '../heads/apply-head.ts';
import { l2Normalize } from '../math.ts';
import type { Rows } from '../shapes.ts';
import type { Finish } from './plan.ts';

export function finishRows(given: Rows, { head, dimensions, normalize, activation }: Finish): Rows {
  const { data: whole, rows, dimensions: width } = applyHead(given, head);
  // The device's own buffer is not written to.
  const data = new Float32Array(rows * dimensions);
  for (let row = 0; row < rows; row++) data.set(whole.subarray(row * width, row * width + dimensions), row * dimensions);
  if (normalize) for (let row = 0; row < rows; row++) l2Normalize(data.subarray(row * dimensions, (row + 1) * dimensions));
  if (activation !== null) activate(data, dimensions, activation);
  return { data, rows, dimensions };
}
