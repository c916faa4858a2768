/** Rows of one size in one flat file: [row 0][row 1]… Opened for the time of a commit or a read, by whoever holds the index's lock. */
import { runs } from './row-space.ts';

/** What this needs of a FileSystemSyncAccessHandle. */
export interface FileHandle {
  read(buffer: Uint8Array<ArrayBuffer>, options: { at: number }): number;
  write(buffer: Uint8Array<ArrayBuffer>, options: { at: number }): number;
  truncate(size: number): void;
  getSize(): number;
  flush(): void;
  close(): void;
}

/** Where files of rows are. */
export interface Folder {
  /** An empty one if there is none. */
  open(name: string): Promise<FileHandle>;
  /** If it is there. */
  remove(name: string): Promise<void>;
}

export class RowFile {
  readonly #handle: FileHandle;
  readonly #rowBytes: number;

  constructor(handle: FileHandle, rowBytes: number) {
    this.#handle = handle;
    this.#rowBytes = rowBytes;
  }

  close(): void {
    this.#handle.close();
  }

  /** The rows one after the other, as asked for. What lies behind the end of a file that was cut is zeros. */
  read(rows: readonly number[]): Uint8Array<ArrayBuffer> {
    const size = this.#rowBytes;
    const bytes = new Uint8Array(rows.length * size);
    // In the order of the file few reads are enough.
    const places = [...rows.keys()].sort((a, b) => rows[a]! - rows[b]!);
    let next = 0;
    for (const { first, count } of runs(places.map((place) => rows[place]!))) {
      const run = new Uint8Array(count * size);
      this.#handle.read(run, { at: first * size });
      for (let i = 0; i < count; i++) bytes.set(run.subarray(i * size, (i + 1) * size), places[next++]! * size);
    }
    return bytes;
  }

  /** On the disk when it returns. */
  write(rows: readonly number[], bytes: Uint8Array<ArrayBuffer>): void {
    let at = 0;
    for (const { first, count } of runs(rows)) {
      const part = bytes.subarray(at, (at += count * this.#rowBytes));
      const written = this.#handle.write(part, { at: first * this.#rowBytes });
      // Chromium 156 answers a full disk with an error's number (-8, as 2^32 - 8) instead of throwing.
      if (written !== part.length) throw new DOMException(`${written} of ${part.length} bytes were written.`, 'QuotaExceededError');
    }
    this.#handle.flush();
  }

  /** Gives back what lies behind so many rows: a commit that failed, or rows that moved. */
  cut(rows: number): void {
    const size = rows * this.#rowBytes;
    if (this.#handle.getSize() > size) this.#handle.truncate(size);
  }
}
