/** Queries -> the k rows of a table that are nearest to each, scored and selected on a GPU: k rows a query are read back, nothing else. */
import { pipelineOf, uploadBuffer, type Kernel } from '../../gpu/kernel.ts';
import { recordReadBack, type ReadBackCounter } from '../../gpu/readback.ts';
import type { Ranked } from '../top-k.ts';
import { MOST_ROWS, scoreKernel, SEGMENT, selectTop, WORKGROUP_SIZE } from './kernels.ts';
import { RowMirror, type BufferLimits, type RowSource } from './row-mirror.ts';

/** A query as the rows are: of `format.bytes`, and the factor of its scores. */
export interface EncodedQuery {
  row: Uint8Array<ArrayBuffer>;
  factor: number;
}

export interface GpuScanOptions {
  /** The runtime's WGSL knows `packed_4x8_integer_dot_product`. */
  hasPackedDot: boolean;
  readBack: ReadBackCounter;
  /** For tests. Default: the device's. */
  limits?: ScanLimits;
}

export type ScanLimits = BufferLimits & Pick<GPUSupportedLimits, 'maxComputeWorkgroupsPerDimension'>;

/** (key, row). */
const CANDIDATE_BYTES = 8;

/** Candidates of several queries that are there at a time, unless one query has more. */
const CANDIDATES_BYTES = 32 * 2 ** 20;

export class GpuScan {
  readonly #device: GPUDevice;
  readonly #source: RowSource;
  readonly #mirror: RowMirror;
  readonly #options: GpuScanOptions;
  readonly #limits: ScanLimits;
  /** Candidates, and the best of them, in turns. Searches share them: a queue does one after the other. */
  readonly #candidates: (GPUBuffer | null)[] = [null, null];

  constructor(device: GPUDevice, source: RowSource, options: GpuScanOptions) {
    this.#device = device;
    this.#source = source;
    this.#options = options;
    this.#limits = options.limits ?? device.limits;
    this.#mirror = new RowMirror(device, source, this.#limits);
  }

  /** Taken on the GPU. */
  get bytes(): number {
    return this.#mirror.bytes + this.#candidates.reduce((sum, buffer) => sum + (buffer?.size ?? 0), 0);
  }

  /** What the next search would send first. */
  get missingBytes(): number {
    return this.#mirror.missingBytes;
  }

  /** Sends the next part of the table, so that a large one does not stop everything else. */
  async prepare(mostBytes: number): Promise<void> {
    await this.#checked(() => {
      this.#mirror.sync(mostBytes);
      return this.#device.queue.onSubmittedWorkDone();
    });
  }

  /**
   * The table as it is at this call, whatever becomes of it later. `k` is at most MOST_ROWS. `mask`: a bit for each row that counts, the lowest first;
   * null: all do. Rows of NaN are in no answer. Equals keep their order. Rejects if the GPU fails.
   */
  async nearest(queries: readonly EncodedQuery[], k: number, mask: Uint32Array<ArrayBuffer> | null): Promise<Ranked[]> {
    const { count } = this.#source;
    const keep = Math.min(k, count);
    if (keep > MOST_ROWS) throw new RangeError(`GpuScan answers at most ${MOST_ROWS} rows, not ${k}. This is a bug.`);
    if (keep === 0) return queries.map(() => ({ rows: [], scores: new Float32Array(0) }));
    const { maxStorageBufferBindingSize, maxBufferSize, maxComputeWorkgroupsPerDimension } = this.#limits;
    const most = Math.min(maxStorageBufferBindingSize, maxBufferSize);
    if (count * CANDIDATE_BYTES > most) throw new Error(`${count} rows are more than this device can select from`);
    const atOnce = Math.min(
      Math.max(1, Math.floor(Math.min(most, CANDIDATES_BYTES) / (count * CANDIDATE_BYTES))),
      maxComputeWorkgroupsPerDimension,
    );
    const parts: Promise<Ranked[]>[] = [];
    for (let at = 0; at < queries.length; at += atOnce) {
      parts.push(this.#checked(() => this.#search(queries.slice(at, at + atOnce), keep, mask)));
    }
    return (await Promise.all(parts)).flat();
  }

  dispose(): void {
    this.#mirror.dispose();
    for (const buffer of this.#candidates.splice(0)) buffer?.destroy();
  }

  async #search(queries: readonly EncodedQuery[], keep: number, mask: Uint32Array<ArrayBuffer> | null): Promise<Ranked[]> {
    const device = this.#device;
    const { count, format } = this.#source;
    const { maxComputeWorkgroupsPerDimension: most } = this.#limits;
    this.#mirror.sync();
    const used: GPUBuffer[] = [];
    const upload = (label: string, usage: number, words: Uint32Array<ArrayBuffer>) => {
      used.push(uploadBuffer(device, `search.${label}`, usage, words));
      return used.at(-1)!;
    };
    const params = (...words: number[]) =>
      upload(
        'params',
        GPUBufferUsage.UNIFORM,
        Uint32Array.from({ length: 8 }, (_, i) => words[i] ?? 0),
      );
    const words = new Uint32Array((queries.length * format.bytes) / 4);
    queries.forEach(({ row }, i) => new Uint8Array(words.buffer).set(row, i * format.bytes));
    const rows = upload('queries', GPUBufferUsage.STORAGE, words);
    const masked = upload('mask', GPUBufferUsage.STORAGE, mask ?? new Uint32Array(1));

    const encoder = device.createCommandEncoder({ label: 'search' });
    const pass = encoder.beginComputePass({ label: 'search' });
    const run = (kernel: Kernel, buffers: readonly GPUBuffer[], workgroups: number) => {
      const pipeline = pipelineOf(device, kernel);
      pass.setPipeline(pipeline);
      const entries = buffers.map((buffer, binding) => ({ binding, resource: { buffer } }));
      pass.setBindGroup(0, device.createBindGroup({ label: kernel.label, layout: pipeline.getBindGroupLayout(0), entries }));
      pass.dispatchWorkgroups(Math.min(workgroups, most), queries.length);
    };

    const all = this.#scratch(0, queries.length * count);
    const score = scoreKernel(format.precision, this.#options.hasPackedDot);
    for (const segment of this.#mirror.segments) {
      const of = params(segment.count, segment.first, format.bytes / 16, count, format.size, Number(mask !== null));
      const factors = segment.factors ? [segment.factors] : [];
      run(score, [segment.rows, rows, masked, all, of, ...factors], Math.ceil(segment.count / WORKGROUP_SIZE));
    }

    let from = all;
    const power = 2 ** Math.ceil(Math.log2(keep));
    let left = count;
    for (let level = 1; level === 1 || left > keep; level++) {
      const segments = Math.ceil(left / SEGMENT);
      const to = this.#scratch(level % 2, queries.length * segments * keep);
      run(selectTop, [from, to, params(left, left, keep, power)], segments);
      from = to;
      left = segments * keep;
    }
    pass.end();
    const read = recordReadBack(device, encoder, from, (queries.length * keep * CANDIDATE_BYTES) / 4, this.#options.readBack);
    device.queue.submit([encoder.finish()]);
    // Freeing after submit is safe: the queue keeps what its commands use.
    for (const buffer of used) buffer.destroy();
    const found = new Uint32Array((await read()).buffer);
    return queries.map(({ factor }, i) => rankedOf(found.subarray(2 * keep * i, 2 * keep * (i + 1)), factor));
  }

  /** Grows and never shrinks: it is as large as the table at most. */
  #scratch(which: number, candidates: number): GPUBuffer {
    const size = candidates * CANDIDATE_BYTES;
    const old = this.#candidates[which];
    if (old && old.size >= size) return old;
    old?.destroy();
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC;
    return (this.#candidates[which] = this.#device.createBuffer({ label: 'search.candidates', size, usage }));
  }

  /** `work` up to its first await has its errors caught by scopes: only its own commands are in between. */
  async #checked<T>(work: () => Promise<T>): Promise<T> {
    const device = this.#device;
    for (const filter of ['validation', 'out-of-memory', 'internal'] as const) device.pushErrorScope(filter);
    const [result, ...errors] = await Promise.allSettled([work(), device.popErrorScope(), device.popErrorScope(), device.popErrorScope()]);
    for (const error of errors) if (error.status === 'fulfilled' && error.value) throw new Error(error.value.message);
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  }
}

/** Keys are the scores' bits, turned so that they order as integers. 0 is no row. */
function rankedOf(candidates: Uint32Array, factor: number): Ranked {
  const bits = new Uint32Array(1);
  const float = new Float32Array(bits.buffer);
  const rows: number[] = [];
  const scores: number[] = [];
  for (let i = 0; i < candidates.length && candidates[i] !== 0; i += 2) {
    const key = candidates[i]!;
    bits[0] = key >= 0x8000_0000 ? key - 0x8000_0000 : ~key;
    const score = float[0]! * factor;
    if (Number.isNaN(score)) continue;
    rows.push(candidates[i + 1]!);
    scores.push(score);
  }
  return { rows, scores: Float32Array.from(scores) };
}
