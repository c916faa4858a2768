/** Pooled rows -> nothing, or an error: a vector that cannot be right never leaves the engine. */
import { PoolingError } from '../errors.ts';
import { dot } from '../math.ts';
import type { PoolSpec, Rows } from '../shapes.ts';

/** Float32 rounding over a thousand dimensions stays far below this. */
const NORM_TOLERANCE = 1e-3;

export function checkRows({ data, rows, dimensions }: Rows, { normalize }: Pick<PoolSpec, 'normalize'>): void {
  for (let i = 0; i < rows; i++) {
    const row = data.subarray(i * dimensions, (i + 1) * dimensions);
    const squares = dot(row, row);
    // A unit vector that is not of unit length: a buffer that was never written, or read from a dead device.
    if (!Number.isFinite(squares) || (normalize && Math.abs(Math.sqrt(squares) - 1) > NORM_TOLERANCE)) {
      throw new PoolingError(
        'non-finite-output',
        'The model gave values that are no vector (NaN, infinity or all zero). Half-precision weights can overflow: try dtype "fp32" or device "wasm".',
      );
    }
  }
}
