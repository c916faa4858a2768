/** A table's scan on a GPU of its own. A file of its own in dist/, since an index that stays small never loads it. */
import { requestGpu, type Gpu } from '../../gpu/device.ts';
import type { ReadBackCounter } from '../../gpu/readback.ts';
import { pause } from '../../pause.ts';
import { TimedOut, within } from '../../within.ts';
import type { Ranked } from '../top-k.ts';
import type { DeviceScan, OpenScan } from './device-scan.ts';
import { GpuScan, type EncodedQuery, type GpuScanOptions } from './gpu-scan.ts';
import { MOST_ROWS } from './kernels.ts';
import type { RowSource } from './row-mirror.ts';

/** Bytes of the table that are sent at a time before other work has its turn. */
const PART = 32 * 2 ** 20;

/** Milliseconds after which a device counts as lost. The last resort: a driver that hangs is ended by its system before, and software is slow. */
const MOST_WAIT = 30_000;

type Table = RowSource & { encode(query: Float32Array): EncodedQuery };

export const openGpuScan: OpenScan<Table> = async (table, { allowSoftware, readBack }) => {
  const answer = await requestGpu({ allowSoftware });
  if ('refusal' in answer) return answer;
  const { gpu } = navigator;
  try {
    const hasPackedDot = gpu.wgslLanguageFeatures.has('packed_4x8_integer_dot_product');
    return { scan: new OwnDeviceScan(answer.gpu, table, { hasPackedDot, readBack }) };
  } catch (error) {
    answer.gpu.device.destroy();
    throw error;
  }
};

export class OwnDeviceScan implements DeviceScan {
  readonly mostRows = MOST_ROWS;
  readonly #gpu: Gpu;
  readonly #table: Table;
  readonly #scan: GpuScan;
  /** Aborted when the device is lost, whatever becomes of the promises that wait for it. */
  readonly #loss = new AbortController();

  constructor(gpu: Gpu, table: Table, options: GpuScanOptions & { readBack: ReadBackCounter }) {
    this.#gpu = gpu;
    this.#table = table;
    this.#scan = new GpuScan(gpu.device, table, options);
    void gpu.device.lost.then(() => this.#loss.abort());
  }

  get adapter(): string {
    return this.#gpu.name;
  }

  get isLost(): boolean {
    return this.#loss.signal.aborted;
  }

  get bytes(): number {
    return this.isLost ? 0 : this.#scan.bytes;
  }

  get isBehind(): boolean {
    return this.#scan.missingBytes > PART;
  }

  async prepare(): Promise<void> {
    do {
      await this.#unlessLost(this.#scan.prepare(PART));
      await pause();
    } while (this.#scan.missingBytes > 0);
  }

  async nearest(queries: readonly Float32Array[], k: number, mask: Uint32Array<ArrayBuffer> | null): Promise<Ranked[]> {
    const encoded = queries.map((query) => this.#table.encode(query));
    return this.#unlessLost(this.#scan.nearest(encoded, k, mask));
  }

  dispose(): void {
    this.#scan.dispose();
    this.#gpu.device.destroy();
    this.#loss.abort();
  }

  /** After a loss a read may still resolve, with zeros. */
  async #unlessLost<T>(work: Promise<T>): Promise<T> {
    try {
      const result = await within(MOST_WAIT, this.#loss.signal, work);
      if (!this.isLost && !this.#gpu.lost) return result;
    } catch (error) {
      if (error instanceof TimedOut) this.dispose();
      if (!this.isLost) throw error;
    }
    throw new Error('the device was lost');
  }
}
