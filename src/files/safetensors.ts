/** Bytes of a .safetensors file -> its tensors by name, as float32. Heads are small: all of it is read at once. */
import { bfloatToFloat, halfToFloat } from '../half.ts';
import { isObject, invalid, parseObject } from './json-file.ts';

export interface Tensor {
  shape: readonly number[];
  data: Float32Array;
}
export type Tensors = ReadonlyMap<string, Tensor>;

/** 8 bytes before the header: its length, little endian. */
const lengthBytes = 8;
/** Bytes of a value, for the types that a head's weights come in. */
const sizes: ReadonlyMap<unknown, number> = new Map([
  ['F32', 4],
  ['F16', 2],
  ['BF16', 2],
]);

/** `place` is the file with its URL. */
export function readSafetensors(bytes: Uint8Array, place: string): Tensors {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < lengthBytes) throw invalid(place, `it has ${bytes.length} bytes, fewer than the length of its header takes`);
  const start = lengthBytes + Number(view.getBigUint64(0, true));
  if (start > bytes.length) throw invalid(place, `its header ends at byte ${start}, and the file has ${bytes.length}`);
  const header = parseObject(bytes.subarray(lengthBytes, start), `${place}, header`);
  const body = bytes.subarray(start);
  const entries = Object.entries(header).filter(([name]) => name !== '__metadata__');
  return new Map(entries.map(([name, entry]) => [name, readTensor(body, entry, (why) => invalid(place, `tensor ${name} ${why}`))]));
}

function readTensor(body: Uint8Array, entry: unknown, fail: (why: string) => Error): Tensor {
  if (!isObject(entry) || !isCounts(entry['shape']) || !isCounts(entry['data_offsets'])) throw fail('has no shape or no data_offsets');
  const { dtype, shape } = entry as { dtype: unknown; shape: number[] };
  const [begin, end] = entry['data_offsets'] as number[];
  const size = sizes.get(dtype);
  if (size === undefined) throw fail(`is of type ${String(dtype)}, and only ${[...sizes.keys()].join(', ')} are read`);
  const count = shape.reduce((product, each) => product * each, 1);
  if (begin === undefined || end === undefined || begin > end || end > body.length) {
    throw fail(`lies at bytes ${begin} to ${end} of ${body.length}`);
  }
  if (end - begin !== count * size) throw fail(`has ${end - begin} bytes, and its shape [${shape.join(', ')}] takes ${count * size}`);
  // A copy: the header's length is any, so that the values may lie askew. Not slice(), which in Node's Buffer copies nothing.
  const { buffer } = new Uint8Array(body.subarray(begin, end));
  if (dtype === 'F32') return { shape, data: new Float32Array(buffer) };
  const words = new Uint16Array(buffer);
  return { shape, data: dtype === 'F16' ? halfToFloat(words) : bfloatToFloat(words) };
}

function isCounts(value: unknown): boolean {
  return Array.isArray(value) && value.every((each) => Number.isSafeInteger(each) && each >= 0);
}
