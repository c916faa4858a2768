/** Which rows of a table are not on the GPU as they are now: those behind the last upload, and those that changed before it. */

export interface RowRange {
  from: number;
  count: number;
}

/** Rows between two that changed which are sent again, since each run costs a call. */
const GAP = 16;

export class ChangedRows {
  /** So many rows are there, but for `#changed`. */
  #there = 0;
  readonly #changed = new Set<number>();

  add(row: number): void {
    if (row < this.#there) this.#changed.add(row);
  }

  /** How many rows of a table of `count` are to be sent. */
  missing(count: number): number {
    return Math.max(0, count - this.#there) + this.#changed.size;
  }

  /** What to send next of a table of `count` rows, in rising order: all that changed, and at most so many of the new ones. They count as there. */
  take(count: number, mostNew = Infinity): RowRange[] {
    this.#there = Math.min(this.#there, count);
    const runs: RowRange[] = [];
    for (const row of Uint32Array.from(this.#changed).sort()) {
      if (row >= count) break;
      const last = runs.at(-1);
      if (last && row - last.from - last.count < GAP) last.count = row + 1 - last.from;
      else runs.push({ from: row, count: 1 });
    }
    this.#changed.clear();
    const added = Math.min(count - this.#there, mostNew);
    if (added > 0) runs.push({ from: this.#there, count: added });
    this.#there += Math.max(0, added);
    return runs;
  }
}
