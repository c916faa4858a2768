/** A GPU's side of a choice that answers as the table does, when it is told to, at the speed it is told. */
import { topK, type Ranked } from '../top-k.ts';
import { VectorTable } from '../vector-table.ts';
import type { DeviceScan } from './device-scan.ts';

export class PretendedScan implements DeviceScan {
  readonly adapter = 'pretended';
  readonly mostRows = 100;
  readonly bytes = 1234;
  isLost = false;
  isBehind = false;
  isDisposed = false;
  searches = 0;
  /** Answers wait for this one. */
  gate: Promise<void> = Promise.resolve();
  /** Answers other rows. */
  isWrong = false;
  /** Fails with this. */
  error: Error | null = null;
  readonly #table: VectorTable;

  constructor(table: VectorTable) {
    this.#table = table;
  }

  async prepare(): Promise<void> {
    await this.gate;
    this.isBehind = false;
  }

  async nearest(queries: readonly Float32Array[], k: number, mask: Uint32Array<ArrayBuffer> | null): Promise<Ranked[]> {
    this.searches++;
    const keep = mask && ((row: number) => ((mask[row >> 5]! >> (row & 31)) & 1) === 1);
    const found = queries.map((query) => {
      const scores = this.#table.scores(query);
      const rows = topK(scores, scores.length, k, keep);
      if (this.isWrong) rows.reverse();
      return { rows, scores: Float32Array.from(rows, (row) => scores[row]!) };
    });
    await this.gate;
    if (this.error) throw this.error;
    if (this.isLost || this.isDisposed) throw new Error('the device was lost');
    return found;
  }

  dispose(): void {
    this.isDisposed = true;
  }
}
