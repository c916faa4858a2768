/** The columns of the states that an output row is made of: those asked for, in that order, cut to `dimensions`. */
import { PoolingError } from '../errors.ts';
import type { PoolSpec } from '../shapes.ts';

export function columnsOf(hidden: number, { columns, dimensions }: Pick<PoolSpec, 'columns' | 'dimensions'>): Uint32Array<ArrayBuffer> {
  const outside = columns?.find((column) => !(Number.isInteger(column) && column >= 0 && column < hidden));
  if (outside !== undefined) {
    throw new PoolingError(
      'invalid-option',
      `Column ${outside} was asked for (returned_token_ids), and the model gives rows of ${hidden} values: take columns of 0 to ${hidden - 1}.`,
    );
  }
  const width = columns?.length ?? hidden;
  if (!(Number.isInteger(dimensions) && dimensions >= 1 && dimensions <= width)) {
    throw new PoolingError(
      'invalid-option',
      `${dimensions} dimensions were asked for, and there are ${width} values in a row: take an integer of 1 to ${width}.`,
    );
  }
  return Uint32Array.from({ length: dimensions }, (_, i) => (columns ? columns[i]! : i));
}
