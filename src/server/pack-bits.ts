/** A vector -> one bit a value, set where it is not negative, eight to a byte, the first highest: numpy's packbits. */
import { badRequest } from './http-error.ts';

export function packBits(vector: Float32Array): Uint8Array {
  if (vector.length % 8 !== 0)
    throw badRequest(`Binary embeddings need a dimension that is a multiple of 8, got ${vector.length}.`, 'embedding_types');
  const bytes = new Uint8Array(vector.length / 8);
  vector.forEach((value, i) => {
    if (value >= 0) bytes[i >> 3]! |= 0x80 >> (i & 7);
  });
  return bytes;
}
