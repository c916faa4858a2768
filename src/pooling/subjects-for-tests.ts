/** Both poolers behind one face, and padded batches whose padding would spoil every result. */
import type { Batch, HiddenStates, PoolSpec, Rows } from '../shapes.ts';
import { CpuPooler } from './cpu-pooler.ts';
import { GpuPooler } from './gpu-pooler.ts';
import type { Pooler } from './pooler.ts';

/** `place` puts a matrix of rows where the pooler wants it; float16 comes as words. */
export interface Subject {
  name: string;
  pooler(): Pooler;
  place(words: Float32Array | Uint16Array, rows: number, hidden: number): HiddenStates;
  readBack?: { bytes: number };
}

export function subjectsOn(device: () => GPUDevice): [cpu: Subject, gpu: Subject] {
  const readBack = { bytes: 0 };
  const cpu: Subject = {
    name: 'CPU',
    pooler: () => new CpuPooler(),
    place: (data, rows, hidden) =>
      data instanceof Uint16Array
        ? { location: 'cpu', type: 'float16', data, rows, hidden }
        : { location: 'cpu', type: 'float32', data, rows, hidden },
  };
  const gpu: Subject = {
    name: 'WGSL',
    pooler: () => new GpuPooler(device(), readBack),
    readBack,
    place(data, rows, hidden) {
      // As ORT's buffers: longer than the tensor, with garbage in the tail.
      const buffer = device().createBuffer({
        size: Math.ceil(data.byteLength / 16) * 16 + 64,
        usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC,
        mappedAtCreation: true,
      });
      new Uint8Array(buffer.getMappedRange()).fill(0xff).set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
      buffer.unmap();
      return { location: 'gpu', type: data instanceof Uint16Array ? 'float16' : 'float32', buffer, rows, hidden };
    },
  };
  return [cpu, gpu];
}

export type Side = 'left' | 'right';
export type Tokens = Pick<Batch, 'mask' | 'ids' | 'rows' | 'tokens' | 'skips' | 'chunks'>;

/** One list of token ids for each text -> the batch. Padding has id 0. */
export function batchOf(texts: readonly (readonly number[])[], side: Side, skips: readonly number[] = texts.map(() => 0)): Tokens {
  const rows = texts.length;
  const tokens = Math.max(0, ...texts.map((ids) => ids.length));
  const ids = new BigInt64Array(rows * tokens);
  const mask = new BigInt64Array(rows * tokens);
  texts.forEach((text, row) => {
    const start = row * tokens + (side === 'left' ? tokens - text.length : 0);
    text.forEach((id, i) => {
      ids[start + i] = BigInt(id);
      mask[start + i] = 1n;
    });
  });
  return { rows, tokens, ids, mask, skips, chunks: texts.map(() => null) };
}

/** Texts of these lengths, with ids that do not matter. */
export const lengthsOf = (lengths: readonly number[]) => lengths.map((length) => Array.from({ length }, (_, i) => i + 1));

/** The real tokens' rows, in order -> the padded matrix. Its padding rows hold `filler`. */
export function statesOf(
  { mask }: Tokens,
  rows: readonly (readonly number[])[],
  hidden: number,
  filler: number,
): Float32Array<ArrayBuffer> {
  const out = new Float32Array(mask.length * hidden).fill(filler);
  let next = 0;
  mask.forEach((real, at) => {
    if (real) out.set(rows[next++]!, at * hidden);
  });
  return out;
}

/** A pooling of token rows, whole and not normalised unless said otherwise. */
export const specOf = (hidden: number, spec: Partial<PoolSpec>): PoolSpec => ({
  output: { name: 'last_hidden_state', rows: 'token', width: hidden },
  types: ['MEAN'],
  stepTagId: null,
  columns: null,
  dimensions: spec.columns?.length ?? hidden,
  normalize: false,
  adapter: null,
  ...spec,
});

export const listOf = ({ data, rows, dimensions }: Rows) =>
  Array.from({ length: rows }, (_, row) => [...data.subarray(row * dimensions, (row + 1) * dimensions)]);

/** The same numbers between -1 and 1 in every run. */
export function randomOf(seed: number): () => number {
  return () => ((seed = (seed * 1664525 + 1013904223) >>> 0) / 2 ** 32) * 2 - 1;
}
