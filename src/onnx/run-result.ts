/** A tensor of onnxruntime-web -> a flat matrix that pooling can read, wherever it lies. */
import { PoolingError } from '../errors.ts';
import { free } from '../memory.ts';
import type { Batch, GraphOutput, HiddenStates } from '../shapes.ts';
import type { OrtTensor } from './session.ts';

/** The output of one run. `release` gives it back to ORT: what is not released is lost for good, and what is must not be read. */
export type RunResult = HiddenStates & { release(): void };

/** Token rows are [rows * tokens, width], text rows [rows, width]. A missing last dimension is a width of 1. */
export function runResult(tensor: OrtTensor, batch: Batch, output: GraphOutput): RunResult {
  const { dims } = tensor;
  const expected = output.rows === 'token' ? [batch.rows, batch.tokens] : [batch.rows];
  const hidden = dims.length === expected.length ? 1 : (dims[expected.length] ?? 0);
  if (dims.length > expected.length + 1 || expected.some((size, i) => dims[i] !== size)) {
    tensor.dispose();
    throw new PoolingError(
      'unsupported-model',
      `The model's output "${output.name}" has the shape [${dims.join(', ')}] for a batch of [${batch.rows}, ${batch.tokens}] tokens, where [${expected.join(', ')}, …] was expected.`,
    );
  }
  const common = { rows: expected.reduce((a, b) => a * b), hidden };
  if (tensor.location === 'gpu-buffer') {
    const buffer = tensor.gpuBuffer as GPUBuffer;
    return { ...common, location: 'gpu', type: tensor.type as 'float32' | 'float16', buffer, release: () => tensor.dispose() };
  }
  // ORT's own copy, out of WebAssembly's memory.
  const values = tensor.data as Float32Array<ArrayBuffer> | Uint16Array<ArrayBuffer>;
  const release = () => {
    tensor.dispose();
    free(values);
  };
  if (tensor.type === 'float32') return { ...common, location: 'cpu', type: 'float32', data: values as Float32Array, release };
  // Float16Array where the runtime has it, Uint16Array elsewhere: the same bytes.
  const data = new Uint16Array(values.buffer, values.byteOffset, values.length);
  return { ...common, location: 'cpu', type: 'float16', data, release };
}
