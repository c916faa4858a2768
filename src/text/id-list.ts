/** The ids of one text while it is being read, in one buffer that grows: of a book, every copy counts. */
import { resized } from '../memory.ts';
import { keep, type Truncation } from './truncate.ts';

const FIRST_CAPACITY = 256;
const GROWTH = 1.5;

export class IdList {
  #ids = new Int32Array(FIRST_CAPACITY);
  length = 0;

  push(ids: readonly number[]): void {
    const length = this.length + ids.length;
    if (length > this.#ids.length) this.#ids = resized(this.#ids, Math.ceil(length * GROWTH));
    this.#ids.set(ids, this.length);
    this.length = length;
  }

  /** Truncates what follows the first `start` ids. */
  keep(start: number, { length, side }: Truncation): void {
    const kept = keep(this.#ids.subarray(start, this.length), length, side);
    this.#ids.set(kept, start);
    this.length = start + kept.length;
  }

  /** The ids, in a buffer that holds nothing else. The list is of no use afterwards. */
  take(): Int32Array<ArrayBuffer> {
    return resized(this.#ids, this.length);
  }
}
