/** The reference Pooler: plain float32 loops. Also what runs where there is no GPU. */
import { halfToFloat } from '../half.ts';
import { l2Normalize } from '../math.ts';
import type { HiddenStates, Rows, Span } from '../shapes.ts';
import { columnsOf } from './columns.ts';
import type { RowShape, Pooler } from './pooler.ts';
import { weightedSumOf } from './reduction.ts';

export class CpuPooler implements Pooler {
  async pool(states: HiddenStates, spans: readonly Span[], shape: RowShape): Promise<Rows> {
    if (states.location !== 'cpu') throw new TypeError('CpuPooler got states that are on the GPU. This is a bug.');
    const columns = columnsOf(states.hidden, shape);
    const { dimensions } = shape;
    const values = states.type === 'float16' ? halfToFloat(states.data) : states.data;
    const data = new Float32Array(spans.length * dimensions);
    spans.forEach((span, row) => {
      const out = data.subarray(row * dimensions, (row + 1) * dimensions);
      reduce(values, states.hidden, span, columns, out);
      if (shape.normalize) l2Normalize(out);
    });
    return { data, rows: spans.length, dimensions };
  }
}

/** Token row by token row: the inner loops then walk memory in order. `out` is all zero. */
function reduce(values: Float32Array, hidden: number, span: Span, columns: Uint32Array, out: Float32Array): void {
  const weights = weightedSumOf(span);
  // Not zero: a column may be negative throughout.
  if (!weights) out.fill(-Infinity);
  for (let i = 0; i < span.count; i++) {
    const offset = (span.start + i) * hidden;
    if (weights) {
      const weight = weights.first + weights.growth * i;
      for (let column = 0; column < out.length; column++) out[column]! += weight * values[offset + columns[column]!]!;
    } else {
      for (let column = 0; column < out.length; column++) out[column] = Math.max(out[column]!, values[offset + columns[column]!]!);
    }
  }
  if (weights) for (let column = 0; column < out.length; column++) out[column]! /= weights.divisor;
}
