/** Which rows of a file are free -> rows for what comes, lowest first, so that a file with holes fills before it grows. */

export class RowSpace {
  /** Rows that the file has, free ones included. */
  #rows: number;
  /** Ascending. */
  #free: number[];

  constructor(rows: number, free: readonly number[]) {
    this.#rows = rows;
    this.#free = [...free];
  }

  get rows(): number {
    return this.#rows;
  }

  get free(): readonly number[] {
    return this.#free;
  }

  take(count: number): number[] {
    const taken = this.#free.splice(0, count);
    while (taken.length < count) taken.push(this.#rows++);
    return taken;
  }

  /** Back: not to be taken before the commit that no longer needs them is on the disk. */
  give(rows: readonly number[]): void {
    this.#free = [...this.#free, ...rows].sort((a, b) => a - b);
  }

  /** Whether the file is worth making smaller: most of it is free. */
  get isSparse(): boolean {
    return this.#free.length > Math.max(LEAST, this.#rows / 2);
  }
}

/** A file of so few rows is left alone. */
const LEAST = 64;

/** Rows -> runs of them that lie side by side, so that one read or write serves many. */
export function* runs(rows: readonly number[]): Generator<{ first: number; count: number }> {
  for (let i = 0; i < rows.length;) {
    let count = 1;
    while (rows[i + count] === rows[i]! + count) count++;
    yield { first: rows[i]!, count };
    i += count;
  }
}
