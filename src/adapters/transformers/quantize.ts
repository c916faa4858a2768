/** Vectors -> a bit for each value, as transformers.js' `quantize_embeddings` and Sentence-Transformers pack them. */
import { PoolingError, shown } from '../../errors.ts';
import { Tensor } from './tensor.ts';

/** `binary`: the byte - 128, as int8. */
export type Precision = 'binary' | 'ubinary';

/** [n, dimensions] -> [n, dimensions / 8]. A value above 0 is 1; the first value of eight is the highest bit. Throws `invalid-option`. */
export function quantized({ data, dims }: Tensor, precision: Precision): Tensor {
  if (precision !== 'binary' && precision !== 'ubinary')
    throw new PoolingError('invalid-option', `precision must be "binary" or "ubinary", got ${shown(precision)}.`);
  const [rows, columns, ...more] = dims as [number, number];
  if (more.length > 0) throw new PoolingError('invalid-option', 'quantize is for one vector a text: set pooling.');
  if (columns % 8 !== 0)
    throw new PoolingError('invalid-option', `quantize takes vectors of a multiple of 8 values, and these have ${columns}.`);
  const bytes = new Uint8Array(data.length / 8);
  data.forEach((value, i) => {
    if (value > 0) bytes[i >> 3]! |= 0x80 >> (i & 7);
  });
  return new Tensor(precision === 'ubinary' ? bytes : Int8Array.from(bytes, (byte) => byte - 128), [rows, columns / 8]);
}
