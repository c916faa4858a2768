/** The rows of a table in storage buffers of a GPU: in segments, since a buffer has a largest size, and sent again where they changed. */
import type { RowFormat } from '../row-format.ts';
import { ChangedRows } from './changed-rows.ts';

/** What is mirrored: VectorTable has it. */
export interface RowSource {
  readonly format: RowFormat;
  readonly count: number;
  /** Bytes of neighbouring rows, and the factors of their scores. Views, which the next change of the table makes invalid. */
  rowBytes(from: number, count: number): Uint8Array<ArrayBuffer>;
  factors(from: number, count: number): Float32Array<ArrayBuffer>;
  /** Called with each row that is written. One listener, or null. */
  onChange: ((row: number) => void) | null;
}

/** As the kernel sees them. `first`: the table's number for the first row. */
export interface Segment {
  first: number;
  count: number;
  rows: GPUBuffer;
  /** Of int8 rows. */
  factors: GPUBuffer | null;
}

export type BufferLimits = Pick<GPUSupportedLimits, 'maxStorageBufferBindingSize' | 'maxBufferSize'>;

interface Stored extends Segment {
  capacity: number;
}

/** Rows that lie between each other, 16 bytes of one and 16 of the next, as score-rows.wgsl reads them. */
const BLOCK = 8;

/** Larger ones would gain nothing, and one that grows is there twice for a moment. The least that every device allows. */
const SEGMENT_BYTES = 128 * 2 ** 20;

export class RowMirror {
  readonly #device: GPUDevice;
  readonly #source: RowSource;
  readonly #segmentRows: number;
  readonly #changed = new ChangedRows();
  readonly #segments: Stored[] = [];
  readonly #onChange = (row: number): void => this.#changed.add(row);

  constructor(device: GPUDevice, source: RowSource, { maxStorageBufferBindingSize, maxBufferSize }: BufferLimits) {
    this.#device = device;
    this.#source = source;
    const most = Math.min(SEGMENT_BYTES, maxStorageBufferBindingSize, maxBufferSize);
    this.#segmentRows = Math.floor(most / source.format.bytes / BLOCK) * BLOCK;
    if (this.#segmentRows === 0) throw new Error(`rows of ${source.format.bytes} bytes are too large for a buffer of this device`);
    source.onChange = this.#onChange;
  }

  /** Taken on the GPU. */
  get bytes(): number {
    return this.#segments.reduce((sum, { rows, factors }) => sum + rows.size + (factors?.size ?? 0), 0);
  }

  /** Of the table's rows, not sent yet. */
  get missingBytes(): number {
    return this.#changed.missing(this.#source.count) * this.#source.format.bytes;
  }

  /** Sends what changed, of new rows at most so many bytes. All errors come to the device's error scopes. */
  sync(mostBytes = Infinity): void {
    const { count, format } = this.#source;
    for (const { from, count: rows } of this.#changed.take(count, Math.ceil(mostBytes / format.bytes))) {
      for (let at = from; at < from + rows;) {
        const index = Math.floor(at / this.#segmentRows);
        const end = Math.min(from + rows, (index + 1) * this.#segmentRows);
        this.#write(this.#reserve(index, end), at, end - at);
        at = end;
      }
    }
    for (const segment of this.#segments) segment.count = Math.max(0, Math.min(segment.capacity, count - segment.first));
  }

  /** Those with rows in them. */
  get segments(): readonly Segment[] {
    return this.#segments.filter(({ count }) => count > 0);
  }

  dispose(): void {
    // The table may have another mirror by now.
    if (this.#source.onChange === this.#onChange) this.#source.onChange = null;
    for (const { rows, factors } of this.#segments.splice(0)) for (const buffer of [rows, factors]) buffer?.destroy();
  }

  /** The segment, with room for the rows up to `end`. By half as much again, so that adding now and then does not copy all each time. */
  #reserve(index: number, end: number): Stored {
    const first = index * this.#segmentRows;
    const old = this.#segments[index];
    if (old && old.capacity >= end - first) return old;
    const { count, format } = this.#source;
    const capacity = Math.min(this.#segmentRows, Math.ceil(((Math.max(end, count) - first) * 1.5) / BLOCK) * BLOCK);
    const rows = this.#buffer('rows', capacity * format.bytes);
    const factors = format.precision === 'int8' ? this.#buffer('factors', capacity * 4) : null;
    if (old) {
      const encoder = this.#device.createCommandEncoder({ label: 'search.grow' });
      encoder.copyBufferToBuffer(old.rows, 0, rows, 0, old.rows.size);
      if (factors) encoder.copyBufferToBuffer(old.factors!, 0, factors, 0, old.factors!.size);
      this.#device.queue.submit([encoder.finish()]);
      old.rows.destroy();
      old.factors?.destroy();
    }
    return (this.#segments[index] = { first, count: 0, capacity, rows, factors });
  }

  #write({ first, rows, factors }: Stored, from: number, count: number): void {
    const { queue } = this.#device;
    const { count: all, format } = this.#source;
    // Whole blocks, whose other rows are written as they are.
    const start = from - (from % BLOCK);
    const end = Math.min(all, Math.ceil((from + count) / BLOCK) * BLOCK);
    queue.writeBuffer(rows, (start - first) * format.bytes, interleaved(this.#source.rowBytes(start, end - start), format.bytes));
    if (factors) queue.writeBuffer(factors, (from - first) * 4, this.#source.factors(from, count));
  }

  #buffer(name: string, size: number): GPUBuffer {
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC;
    return this.#device.createBuffer({ label: `search.${name}`, size, usage });
  }
}

/** [rows, bytes / 16] -> [rows / BLOCK, bytes / 16, BLOCK], in parts of 16 bytes. What is missing of the last block is zeros. */
function interleaved(rows: Uint8Array<ArrayBuffer>, bytes: number): Uint32Array<ArrayBuffer> {
  const from = new Uint32Array(rows.buffer, rows.byteOffset, rows.length / 4);
  const words = bytes / 4;
  const count = rows.length / bytes;
  const to = new Uint32Array(Math.ceil(count / BLOCK) * BLOCK * words);
  let at = 0;
  for (let row = 0; row < count; row++) {
    let into = (row - (row % BLOCK)) * words + (row % BLOCK) * 4;
    for (let word = 0; word < words; word += 4, at += 4, into += 4 * BLOCK) {
      to[into] = from[at]!;
      to[into + 1] = from[at + 1]!;
      to[into + 2] = from[at + 2]!;
      to[into + 3] = from[at + 3]!;
    }
  }
  return to;
}
