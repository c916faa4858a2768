/** The store in its worker, from the realm of the index. A worker that dies fails the calls it had, and the next call starts another. */
import { PoolingError } from '../../errors.ts';
import { fromWire } from '../../facade/connection.ts';
import { liveWorker, type LiveWorker, type Remote } from '../../facade/live-worker.ts';
import type { WireResult } from '../../wire/protocol.ts';
import type { StoreApi } from './protocol.ts';

/** The literal is what bundlers look for: it has to reach dist/search.js as it stands, and search-worker.js lies beside that file. */
const defaultWorker = () => new Worker(new URL('./search-worker.js', import.meta.url), { type: 'module' });

export class StoreClient {
  readonly #make: () => Worker;
  readonly #waiting = new Set<(error: PoolingError) => void>();
  #worker: LiveWorker<StoreApi> | null = null;
  #closed = false;

  constructor(make: () => Worker = defaultWorker) {
    this.#make = make;
  }

  /** Rejects with what the store says, with `worker-crashed`, or with `disposed` after `close`. */
  async call<T>(send: (store: Remote<StoreApi>) => Promise<WireResult<T>>): Promise<T> {
    if (this.#closed) throw new PoolingError('disposed', 'The index was closed.');
    const worker = (this.#worker ??= this.#start());
    let fail: (error: PoolingError) => void = () => {};
    try {
      const result = await new Promise<WireResult<T>>((resolve, reject) => {
        this.#waiting.add((fail = reject));
        worker.remote.then(send).then(resolve, reject);
      });
      if (result.ok) return result.value;
      throw fromWire(result.error);
    } finally {
      this.#waiting.delete(fail);
    }
  }

  /** Ends the worker. What was committed is on the disk. */
  close(): void {
    this.#closed = true;
    this.#worker?.end(new PoolingError('disposed', 'The index was closed during the call.'));
  }

  #start(): LiveWorker<StoreApi> {
    return liveWorker<StoreApi>(this.#make, {
      onEnd: (error) => {
        this.#worker = null;
        for (const fail of this.#waiting) fail(error);
        this.#waiting.clear();
      },
    });
  }
}

/** Whether this realm has what a store needs. Whether the browser lets it be used is known when it is tried. */
export function canStore(): boolean {
  return (
    typeof Worker === 'function' &&
    typeof indexedDB === 'object' &&
    typeof navigator === 'object' &&
    typeof navigator.storage?.getDirectory === 'function' &&
    typeof navigator.locks === 'object'
  );
}

/** A store, or `storage-unavailable`. */
export function openStore(make: (() => Worker) | undefined): StoreClient {
  if (canStore()) return new StoreClient(make);
  throw new PoolingError(
    'storage-unavailable',
    'Nothing can be stored here: it needs workers, OPFS, IndexedDB and Web Locks, which browsers have on pages of https. `export` works everywhere.',
  );
}
