/**
 * The packages' vectors in IndexedDB, so that a later visit, or another tab, computes none again. Tabs take turns: whoever has the turn
 * first takes what others have put in, so each vector is computed once. Where nothing can be stored the vectors live as long as the page.
 */
import { openDB } from 'idb';
import type { DBSchema, IDBPDatabase } from 'idb';
import { cosine } from '../vectors/cosine.ts';
import type { VectorRows } from '../vectors/forms.ts';

/** What vectors are made of: those of another model, or of other texts, are of no use. */
export interface Origin {
  /** The model's vector of a fixed text. The same model on another device has nearly the same. */
  canary: Float32Array;
  texts: readonly string[];
}

export const canaryText = 'A canary keeps 1,234 pebbles in its naïve little café.';
const leastCosine = 0.99;

interface Run {
  /** The place of its first vector; it is stored under the place after its last. */
  from: number;
  rows: Float32Array<ArrayBuffer>;
  digest: ArrayBuffer;
}

interface Schema extends DBSchema {
  runs: { key: number; value: Run };
  origin: { key: 'origin'; value: { id: string; canary: Float32Array; texts: ArrayBuffer } };
}

const name = 'rockpool-demo-packages';
/** Several slices. */
const patienceMs = 4000;

/** Locks are there wherever digests are: in pages that came over HTTPS, or from this machine. */
export const canStore = (): boolean => typeof indexedDB === 'object' && typeof navigator === 'object' && 'locks' in navigator;

export class VectorStore {
  /** Why vectors that were there are computed again. */
  lost: 'damaged' | 'foreign' | null = null;
  /** Whether what is computed outlives the page. */
  keeps = true;
  readonly #id: string = crypto.randomUUID();
  #origin = this.#id;
  readonly #size: number;
  #db: IDBPDatabase<Schema> | null = null;
  #waits = true;

  private constructor(size: number) {
    this.#size = size;
  }

  static async open({ canary, texts }: Origin): Promise<VectorStore> {
    const store = new VectorStore(canary.length);
    const textsDigest = await digestOf(new TextEncoder().encode(JSON.stringify(texts)));
    await store.turn(() =>
      store.#attempt(async () => {
        store.#db = await openDB<Schema>(name, 1, {
          upgrade(db) {
            db.createObjectStore('runs');
            db.createObjectStore('origin');
          },
        });
        const stored = await store.#db.get('origin', 'origin');
        if (stored && isLike(stored.canary, canary) && isEqual(stored.texts, textsDigest)) {
          store.#origin = stored.id;
          return;
        }
        if (stored) store.lost = 'foreign';
        const tx = store.#db.transaction(['runs', 'origin'], 'readwrite');
        const origin = { id: store.#id, canary, texts: textsDigest };
        await Promise.all([tx.objectStore('runs').clear(), tx.objectStore('origin').put(origin, 'origin'), tx.done]);
      }),
    );
    return store;
  }

  /**
   * One at a time, in all tabs. Rejects when the signal comes before the turn does. A tab that a phone has put to sleep in its turn is not waited for:
   * two that write at once do the same work twice, and no harm.
   */
  async turn(step: () => Promise<void>, signal?: AbortSignal): Promise<void> {
    if (this.#waits) {
      const waiting = new AbortController();
      const timer = setTimeout(() => waiting.abort(), patienceMs);
      try {
        return await navigator.locks.request(name, { signal: AbortSignal.any([waiting.signal, ...(signal ? [signal] : [])]) }, () => {
          clearTimeout(timer);
          return step();
        });
      } catch (error) {
        if (!waiting.signal.aborted || signal?.aborted) throw error;
        this.#waits = false;
      } finally {
        clearTimeout(timer);
      }
    }
    await step();
  }

  /** The vectors from place `from` on. To be called in a turn, as is `keep`. */
  async take(from: number): Promise<Float32Array[]> {
    const vectors: Float32Array[] = [];
    await this.#attempt(async (db) => {
      const [ends, runs] = await Promise.all([
        db.getAllKeys('runs', IDBKeyRange.lowerBound(from, true)),
        db.getAll('runs', IDBKeyRange.lowerBound(from, true)),
      ]);
      let next = from;
      for (const [i, run] of runs.entries()) {
        const end = ends[i]!;
        if (!(await this.#isSound(run, next, end))) {
          this.lost = 'damaged';
          // What follows has no place any more.
          return void (await db.delete('runs', IDBKeyRange.lowerBound(from, true)));
        }
        for (; next < end; next++) vectors.push(run.rows.subarray((next - run.from) * this.#size, (next - run.from + 1) * this.#size));
      }
    });
    return vectors;
  }

  /** Puts in what is not there yet. */
  async keep({ data, count, size }: VectorRows): Promise<void> {
    await this.#attempt(async (db) => {
      const from = (await db.getAllKeys('runs')).at(-1) ?? 0;
      if (from >= count) return;
      const rows = data.slice(from * size, count * size);
      await db.put('runs', { from, rows, digest: await digestOf(rows) }, count);
    });
  }

  /** Of all tabs. Waits for its turn itself. */
  clear(): Promise<void> {
    this.lost = null;
    return this.turn(() => this.#attempt((db) => db.clear('runs')));
  }

  /** What cannot be stored is no reason not to compute it. */
  async #attempt(step: (db: IDBPDatabase<Schema>) => Promise<void>): Promise<void> {
    if (!this.keeps) return;
    try {
      // Another tab, with another version of the page, may have made it its own.
      if (this.#db && (await this.#db.get('origin', 'origin'))?.id !== this.#origin) this.keeps = false;
      else await step(this.#db!);
    } catch {
      this.keeps = false;
    }
  }

  async #isSound(run: Partial<Run>, from: number, end: number): Promise<boolean> {
    const { rows } = run;
    if (!(rows instanceof Float32Array) || typeof run.from !== 'number') return false;
    if (run.from > from || rows.length !== (end - run.from) * this.#size) return false;
    return isEqual(run.digest, await digestOf(rows));
  }
}

const digestOf = (bytes: ArrayBufferView<ArrayBuffer>): Promise<ArrayBuffer> => crypto.subtle.digest('SHA-256', bytes);

function isEqual(stored: unknown, digest: ArrayBuffer): boolean {
  if (!(stored instanceof ArrayBuffer) || stored.byteLength !== digest.byteLength) return false;
  const [a, b] = [new Uint8Array(stored), new Uint8Array(digest)];
  return a.every((byte, i) => byte === b[i]);
}

const isLike = (stored: unknown, canary: Float32Array): boolean =>
  stored instanceof Float32Array && stored.length === canary.length && cosine(stored, canary) >= leastCosine;
