/** How a vector is kept as a row of bytes, and which loop compares it: float32 as it is, int8 with a scale of its own, or one bit a value. */
import type { Scanner } from './scanner.ts';
import { STEP } from './scanner.ts';

export type Precision = 'float32' | 'int8' | 'binary';

export interface RowFormat {
  precision: Precision;
  /** Values of a vector. */
  size: number;
  /** Of a row, padding included. */
  bytes: number;
  /** Writes the vector to `row` (of `bytes`), and returns the factor that its scores are to be multiplied by. */
  encode(vector: Float32Array, row: Uint8Array<ArrayBuffer>): number;
  /** The vector that a row stands for; of a binary one only the signs are known. */
  decode(row: Uint8Array<ArrayBuffer>, factor: number): Float32Array;
  /** Offsets in the scanner's memory. Scores come as float32, before the factors. */
  scan(scanner: Scanner, query: number, rows: number, count: number, scores: number): void;
}

// Loops, and no `reduce` or `from` with a function: a call for each value of each row is most of the time of adding and of rescoring.
export function rowFormat(precision: Precision, size: number): RowFormat {
  return { float32, int8, binary }[precision](size);
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
    scan: (scanner, query, rows, count, scores) => scanner.dotF32(query, rows, count, padded, scores),
  };
}

/** The largest value of a vector becomes 127. A scale for each vector keeps more of it than one for all. */
function int8(size: number): RowFormat {
  const padded = padTo(size, STEP.int8);
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
    scan(scanner, query, rows, count, scores) {
      scanner.dotI8(query, rows, count, padded, scores);
      toFloats(scanner, count, scores, (dot) => dot);
    },
  };
}

/** Sentence-Transformers' packing: set where a value is above 0, the first value highest. The score is the dot product of signs. */
function binary(size: number): RowFormat {
  const bytes = padTo(Math.ceil(size / 8), STEP.binary);
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
      for (let i = 0; i < size; i++) vector[i] = row[i >> 3]! & (0x80 >> (i & 7)) ? 1 : -1;
      return vector;
    },
    scan(scanner, query, rows, count, scores) {
      scanner.hamming(query, rows, count, bytes, scores);
      toFloats(scanner, count, scores, (differ) => size - 2 * differ);
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
