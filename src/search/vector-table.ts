/**
 * Vectors of one size, kept in one precision in a scanner's memory -> their scores for a query. Rows are dense: the last takes the place of
 * one removed.
 */
import { PoolingError } from '../errors.ts';
import { dot } from '../math.ts';
import { plainScanner } from './plain-scanner.ts';
import { checkSize, rowFormat, type Precision, type RowFormat } from './row-format.ts';
import type { Scanner } from './scanner.ts';
import { wasmScanner } from './wasm-scanner.ts';

/** Rows that are scanned at a time, so that scores need little memory beside them. */
const BLOCK = 16_384;

export class VectorTable {
  readonly format: RowFormat;
  readonly #scanner: Scanner;
  /** What scores of each row are multiplied by. */
  #factors = new Float32Array(64);
  #count = 0;
  /** Called with each row that is written, for those who keep a copy. One listener, or null. */
  onChange: ((row: number) => void) | null = null;

  constructor(precision: Precision, size: number, scanner: Scanner = wasmScanner() ?? plainScanner()) {
    this.format = rowFormat(precision, size);
    this.#scanner = scanner;
  }

  get count(): number {
    return this.#count;
  }

  /** Of the rows and their factors. */
  get bytes(): number {
    return this.#count * (this.format.bytes + 4);
  }

  /** Makes room for so many rows more, so that adding them cannot fail. Throws `runtime-failed` if there is no memory for them. */
  reserve(rows: number): void {
    this.#grow(this.#count + rows);
  }

  /** Adds a vector as the last row. */
  push(vector: Float32Array): void {
    checkSize(this.format, vector);
    this.#grow(this.#count + 1);
    this.#factors[this.#count] = this.format.encode(vector, this.#row(this.#count));
    this.onChange?.(this.#count);
    this.#count++;
  }

  /** The same of one that was packed. */
  pushPacked(packed: Uint8Array<ArrayBuffer>): void {
    this.#grow(this.#count + 1);
    this.#factors[this.#count] = this.format.unpack(packed, this.#row(this.#count));
    this.onChange?.(this.#count);
    this.#count++;
  }

  /** A row as it is stored. */
  packed(row: number): Uint8Array<ArrayBuffer> {
    return this.format.pack(this.#row(row), this.#factors[row]!);
  }

  /** The last row takes its place. */
  remove(row: number): void {
    const last = this.#count - 1;
    if (row !== last) {
      this.#row(row).set(this.#row(last));
      this.#factors[row] = this.#factors[last]!;
      this.onChange?.(row);
    }
    this.#count = last;
  }

  /** The vector of a row, as precise as it is kept. */
  vector(row: number): Float32Array {
    return this.format.decode(this.#row(row), this.#factors[row]!);
  }

  /** A vector as the rows are kept, and the factor of its scores. */
  encode(vector: Float32Array): { row: Uint8Array<ArrayBuffer>; factor: number } {
    checkSize(this.format, vector);
    const row = new Uint8Array(this.format.bytes);
    return { row, factor: this.format.encode(vector, row) };
  }

  /** Bytes of neighbouring rows: a view, which the next change makes invalid. */
  rowBytes(from: number, count: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#scanner.memory, this.#rowsAt + from * this.format.bytes, count * this.format.bytes);
  }

  /** What the scores of neighbouring rows are multiplied by: a view too. */
  factors(from: number, count: number): Float32Array<ArrayBuffer> {
    return this.#factors.subarray(from, from + count);
  }

  /** One score a row, higher is nearer: the dot product with what the rows keep; of unit vectors the cosine, of binary rows that of the signs. */
  scores(query: Float32Array): Float32Array {
    checkSize(this.format, query);
    const { format } = this;
    this.#grow(this.#count);
    const factor = format.encode(query, new Uint8Array(this.#scanner.memory as ArrayBuffer, this.#queryAt, format.bytes));
    const scores = new Float32Array(this.#count);
    for (let from = 0; from < this.#count; from += BLOCK) {
      const count = Math.min(BLOCK, this.#count - from);
      format.scan(this.#scanner, this.#queryAt, this.#rowsAt + from * format.bytes, count, SCORES_AT);
      scores.set(new Float32Array(this.#scanner.memory, SCORES_AT, count), from);
    }
    if (format.precision === 'int8') for (let i = 0; i < scores.length; i++) scores[i]! *= factor * this.#factors[i]!;
    return scores;
  }

  /** The same of some rows, each on its own: for a few of many. */
  scoresOf(query: Float32Array, rows: readonly number[]): Float32Array {
    const { row: signs, factor } = this.encode(query);
    const compared = this.format.precision === 'binary' ? this.format.decode(signs, factor) : query;
    return Float32Array.from(rows, (row) => dot(compared, this.vector(row)));
  }

  get #queryAt(): number {
    return SCORES_AT + BLOCK * 4;
  }

  get #rowsAt(): number {
    return this.#queryAt + this.format.bytes;
  }

  #row(row: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#scanner.memory, this.#rowsAt + row * this.format.bytes, this.format.bytes);
  }

  /** By half as much again, so that adding one by one does not copy all each time; by what is needed where there is not so much. */
  #grow(rows: number): void {
    if (this.#bytesFor(rows) > this.#scanner.memory.byteLength && !this.#reserved(Math.ceil(rows * 1.5)) && !this.#reserved(rows)) {
      const { size, precision } = this.format;
      const have = `${rows} vectors of ${size} values as ${precision} need ${this.#bytesFor(rows)} bytes in one piece`;
      throw new PoolingError(
        'runtime-failed',
        `No memory: ${have}. Keep them as int8, or in several indexes; WebAssembly has 4 GiB at most.`,
      );
    }
    if (rows <= this.#factors.length) return;
    const larger = new Float32Array(Math.ceil(rows * 1.5));
    larger.set(this.#factors);
    this.#factors = larger;
  }

  #reserved(rows: number): boolean {
    try {
      this.#scanner.reserve(this.#bytesFor(rows));
      return true;
    } catch {
      // A RangeError, of WebAssembly's memory and of an ArrayBuffer.
      return false;
    }
  }

  #bytesFor(rows: number): number {
    return this.#rowsAt + rows * this.format.bytes;
  }
}

const SCORES_AT = 0;
