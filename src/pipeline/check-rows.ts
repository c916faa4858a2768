/** Pooled rows -> nothing, or an error: a vector that cannot be right never leaves the engine. */
import { PoolingError } from '../errors.ts';
import { dot } from '../math.ts';
import type { PoolSpec, Rows } from '../shapes.ts';

/** Float32 rounding over a thousand dimensions stays far below this. */
const NORM_TOLERANCE = 1e-3;

/** `of` says what the rows are of: `prompts[3]`. */
export function checkRows({ data, rows, dimensions }: Rows, { normalize }: Pick<PoolSpec, 'normalize'>, of: string): void {
  for (let i = 0; i < rows; i++) {
    const fault = faultOf(data.subarray(i * dimensions, (i + 1) * dimensions), normalize);
    if (fault === null) continue;
    throw new PoolingError(
      'non-finite-output',
      `What the model gave for ${of} is no vector: ${fault}. Half-precision weights can overflow: try dtype "fp32" or device "wasm".`,
    );
  }
}

function faultOf(row: Float32Array, normalize: boolean): string | null {
  const squares = dot(row, row);
  if (Number.isNaN(squares)) return 'it has NaN in it';
  if (squares === Infinity) return 'it has infinity in it';
  const length = Math.sqrt(squares);
  // A unit vector that is not of unit length: a buffer that was never written, or read from a dead device.
  if (!normalize || Math.abs(length - 1) <= NORM_TOLERANCE) return null;
  return length === 0 ? 'it is all zero' : `its length is ${length.toPrecision(4)}, not 1`;
}
