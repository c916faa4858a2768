/** How a vector is kept as a row of bytes, and which loop compares it: float32 as it is, int8 with a scale of its own, or one bit a value. */
import { PoolingError } from '../errors.ts';
import type { Scanner } from './scanner.ts';
import { STEP } from './scanner.ts';

// Loops, and no `reduce` or `from` with a function: a call for each value of each row is most of the time of adding and of rescoring.

export const PRECISIONS = ['float32', 'int8', 'binary'] as const;
export type Precision = (typeof PRECISIONS)[number];

export interface RowFormat {
  precision: Precision;
  /** Values of a vector. */
  size: number;
  /** Of a row, padding included. */
  bytes: number;
  /** Writes the vector to `row` (of `bytes`), and returns the factor that its scores are to be multiplied by. */
  encode(vector: Float32Array, row: Uint8Array<ArrayBuffer>): number;
  /** The vector that a row stands for; of a binary one only the signs are known, and it has unit length. */
  decode(row: Uint8Array<ArrayBuffer>, factor: number): Float32Array;
  /** Bytes of a packed row: what is stored, without padding, of the same layout for ever. int8: the values, and the factor as a float32. */
  packedBytes: number;
  /** A row as `encode` wrote it -> `packedBytes` bytes. */
  pack(row: Uint8Array<ArrayBuffer>, factor: number): Uint8Array<ArrayBuffer>;
  /** The way back: writes the row, and returns its factor. */
  unpack(packed: Uint8Array<ArrayBuffer>, row: Uint8Array<ArrayBuffer>): number;
  /** Whether a packed row can be one of `encode`'s: its values are finite, and within the scanner's range. */
  isSound(packed: Uint8Array<ArrayBuffer>): boolean;
  /** Offsets in the scanner's memory. Scores come as float32, before the factors. */
  scan(scanner: Scanner, query: number, rows: number, count: number, scores: number): void;
}

export function rowFormat(precision: Precision, size: number): RowFormat {
  return { float32, int8, binary }[precision](size);
}

export function packVector(format: RowFormat, vector: Float32Array): Uint8Array<ArrayBuffer> {
  checkSize(format, vector);
  const row = new Uint8Array(format.bytes);
  return format.pack(row, format.encode(vector, row));
}

export function checkSize({ size }: RowFormat, vector: Float32Array): void {
  if (vector.length === size) return;
  throw new PoolingError('invalid-input', `This index has vectors of ${size} values, and got one of ${vector.length}.`);
}

function float32(size: number): RowFormat {
  const padded = padTo(size, STEP.float32);
  return {
    precision: 'float32',
    size,
    bytes: padded * 4,
    encode(vector, row) {
      new Float32Array(row.buffer, row.byteOffset, padded).set(vector);
      return 1;
    },
    decode: (row) => new Float32Array(row.buffer, row.byteOffset, size).slice(),
    ...packedAsIs(size * 4),
    isSound: (packed) => new Float32Array(packed.slice().buffer).every(Number.isFinite),
    scan: (scanner, query, rows, count, scores) => scanner.dotF32(query, rows, count, padded, scores),
  };
}

/** The largest value of a vector becomes 127. A scale for each vector keeps more of it than one for all. */
function int8(size: number): RowFormat {
  const padded = padTo(size, STEP.int8);
  const factorOf = (packed: Uint8Array<ArrayBuffer>) => new DataView(packed.buffer, packed.byteOffset).getFloat32(size, true);
  return {
    precision: 'int8',
    size,
    bytes: padded,
    encode(vector, row) {
      let most = 0;
      for (let i = 0; i < size; i++) most = Math.max(most, Math.abs(vector[i]!));
      const scale = most === 0 ? 0 : 127 / most;
      const values = new Int8Array(row.buffer, row.byteOffset, padded);
      for (let i = 0; i < size; i++) values[i] = Math.round(vector[i]! * scale);
      return most / 127;
    },
    decode(row, factor) {
      const vector = new Float32Array(new Int8Array(row.buffer, row.byteOffset, size));
      for (let i = 0; i < size; i++) vector[i]! *= factor;
      return vector;
    },
    packedBytes: size + 4,
    pack(row, factor) {
      const packed = new Uint8Array(size + 4);
      packed.set(row.subarray(0, size));
      new DataView(packed.buffer).setFloat32(size, factor, true);
      return packed;
    },
    unpack(packed, row) {
      row.fill(0).set(packed.subarray(0, size));
      return factorOf(packed);
    },
    isSound: (packed) => Number.isFinite(factorOf(packed)) && !packed.subarray(0, size).includes(0x80),
    scan(scanner, query, rows, count, scores) {
      scanner.dotI8(query, rows, count, padded, scores);
      toFloats(scanner, count, scores, (dot) => dot);
    },
  };
}

/** Sentence-Transformers' packing: set where a value is above 0, the first value highest. The score is the cosine of the signs. */
function binary(size: number): RowFormat {
  const bytes = padTo(Math.ceil(size / 8), STEP.binary);
  // Of unit length, as the model's vectors are.
  const one = 1 / Math.sqrt(size);
  return {
    precision: 'binary',
    size,
    bytes,
    encode(vector, row) {
      row.fill(0);
      for (let i = 0; i < size; i++) if (vector[i]! > 0) row[i >> 3]! |= 0x80 >> (i & 7);
      return 1;
    },
    decode(row) {
      const vector = new Float32Array(size);
      for (let i = 0; i < size; i++) vector[i] = row[i >> 3]! & (0x80 >> (i & 7)) ? one : -one;
      return vector;
    },
    ...packedAsIs(Math.ceil(size / 8)),
    isSound: () => true,
    scan(scanner, query, rows, count, scores) {
      scanner.hamming(query, rows, count, bytes, scores);
      toFloats(scanner, count, scores, (differ) => (size - 2 * differ) / size);
    },
  };
}

/** Rows without a factor: only the padding is left out. */
function packedAsIs(bytes: number): Pick<RowFormat, 'packedBytes' | 'pack' | 'unpack'> {
  return {
    packedBytes: bytes,
    pack: (row) => row.slice(0, bytes),
    unpack(packed, row) {
      row.fill(0).set(packed);
      return 1;
    },
  };
}

/** The integers of a scan become the float32 scores in place. */
function toFloats({ memory }: Scanner, count: number, scores: number, of: (integer: number) => number): void {
  const integers = new Int32Array(memory, scores, count);
  const floats = new Float32Array(memory, scores, count);
  for (let i = 0; i < count; i++) floats[i] = of(integers[i]!);
}

function padTo(size: number, step: number): number {
  return Math.ceil(size / step) * step;
}
