/** The reference Pooler: plain float32 loops. Also what runs where there is no GPU. */
import { l2Normalize } from '../math.ts';
import type { HiddenStates, PoolSpec, Rows, Span } from '../shapes.ts';
import { halfToFloat } from './half.ts';
import type { Pooler } from './pooler.ts';

export class CpuPooler implements Pooler {
  pool(states: HiddenStates, spans: readonly Span[], finish: Pick<PoolSpec, 'dimensions' | 'normalize'>): Promise<Rows> {
    if (states.location !== 'cpu') throw new TypeError('CpuPooler got states that are on the GPU. This is a bug.');
    const values = states.type === 'float16' ? halfToFloat(states.data) : states.data;
    const { dimensions } = finish;
    const data = new Float32Array(spans.length * dimensions);
    spans.forEach(({ start, count }, row) => {
      const out = data.subarray(row * dimensions, (row + 1) * dimensions);
      // Token row by token row: the inner loop then walks memory in order.
      for (let token = start; token < start + count; token++) {
        const offset = token * states.hidden;
        for (let column = 0; column < dimensions; column++) out[column]! += values[offset + column]!;
      }
      if (count > 1) for (let column = 0; column < dimensions; column++) out[column]! /= count;
      if (finish.normalize) l2Normalize(out);
    });
    return Promise.resolve({ data, rows: spans.length, dimensions });
  }
}
