/** A file of float32 rows -> each row, read a block at a time: a million rows need not be in memory beside the index that they go into. */
import { openSync, readSync } from 'node:fs';

export const BLOCK = 4_096;

export class Rows {
  #file;
  #width;
  #block;
  #from = -1;

  constructor(path, width) {
    this.#file = openSync(path);
    this.#width = width;
    this.#block = new Float32Array(BLOCK * width);
  }

  /** A view, good until a row of another block is asked for. */
  at(row) {
    const from = row - (row % BLOCK);
    if (from !== this.#from) {
      readSync(this.#file, this.#block, 0, this.#block.byteLength, from * this.#width * 4);
      this.#from = from;
    }
    return this.#block.subarray((row - from) * this.#width, (row - from + 1) * this.#width);
  }
}
