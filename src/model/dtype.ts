/** A dtype, or none -> the ONNX files to look for, in order. Names and suffixes are those of transformers.js. */
import { PoolingError, shown } from '../errors.ts';
import type { Dtype } from '../types.ts';

const suffixes: Readonly<Record<Dtype, string>> = {
  fp32: '',
  fp16: '_fp16',
  q8: '_quantized',
  int8: '_int8',
  uint8: '_uint8',
  q4: '_q4',
  bnb4: '_bnb4',
  q4f16: '_q4f16',
  q2: '_q2',
  q2f16: '_q2f16',
  q1: '_q1',
  q1f16: '_q1f16',
};

const preferred: readonly Dtype[] = ['q8', 'fp32', 'fp16', 'q4'];

export interface WeightsFile {
  dtype: Dtype;
  path: string;
}

export function weightsFiles(dtype: Dtype | null): WeightsFile[] {
  if (dtype !== null && !Object.hasOwn(suffixes, dtype)) {
    throw new PoolingError('invalid-option', `Unknown dtype ${shown(dtype)}. Known: ${Object.keys(suffixes).join(', ')}.`);
  }
  const wanted = dtype === null ? preferred : [dtype];
  const files = wanted.map((name) => ({ dtype: name, path: `onnx/model${suffixes[name]}.onnx` }));
  // Where optimum's exporter puts it.
  return wanted.includes('fp32') ? [...files, { dtype: 'fp32', path: 'model.onnx' }] : files;
}
