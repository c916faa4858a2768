/** What a browser has and Node has not: files, locks, and a worker with the store in it. All in memory, and ready to fail. */
import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { vi } from 'vitest';
import { FakeWorker } from '../../facade/worker-for-tests.ts';
import { openDatabase, type Database } from './database.ts';
import { IndexStore, type StorePlace } from './index-store.ts';
import type { FileHandle, Folder } from './row-file.ts';

export class FakeDisk {
  readonly files = new Map<string, Uint8Array<ArrayBuffer>>();
  /** Bytes that files may have in all. */
  room = Infinity;
  /** Whether no file can be opened any more. */
  broken = false;
  /** As in a private window of Firefox: there is a database, and no OPFS. */
  folderless = false;
  /** What a store waits for before a draft gets its name. */
  beforePublish = async (): Promise<void> => {};
  /** Whether a handle is open: two are never to be. */
  readonly #open = new Set<string>();
  readonly #queues = new Map<string, Promise<unknown>>();
  readonly #held = new Set<string>();

  constructor() {
    vi.stubGlobal('indexedDB', new IDBFactory());
  }

  /** Of one tab. */
  store(): IndexStore {
    return new IndexStore(this.place());
  }

  worker(): FakeWorker {
    const store = this.store();
    const publish = store.publish.bind(store);
    store.publish = (...given) => this.beforePublish().then(() => publish(...given));
    return new FakeWorker(store);
  }

  place(): StorePlace {
    let database: Promise<Database> | undefined;
    return {
      database: () => (database ??= openDatabase(() => {})),
      folder: async () => {
        if (this.folderless) throw new DOMException('not here', 'SecurityError');
        return this.#folder();
      },
      locks: { request: (name: string, ...rest: unknown[]) => this.#request(name, rest) } as StorePlace['locks'],
    };
  }

  #folder(): Folder {
    return {
      open: async (name) => {
        if (this.broken) throw new DOMException('broken', 'UnknownError');
        if (this.#open.has(name)) throw new DOMException('locked', 'NoModificationAllowedError');
        this.#open.add(name);
        return this.#handle(name);
      },
      remove: async (name) => {
        if (this.#open.has(name)) throw new DOMException('locked', 'NoModificationAllowedError');
        this.files.delete(name);
      },
    };
  }

  #handle(name: string): FileHandle {
    const get = () => this.files.get(name) ?? new Uint8Array(0);
    const used = () => [...this.files.values()].reduce((sum, { length }) => sum + length, 0);
    return {
      read(buffer, { at }) {
        const part = get().subarray(at, at + buffer.length);
        buffer.set(part);
        return part.length;
      },
      write: (buffer, { at }) => {
        const before = get();
        const size = Math.max(before.length, at + buffer.length);
        // As Chromium does it.
        if (used() - before.length + size > this.room) return 2 ** 32 - 8;
        const after = new Uint8Array(size);
        after.set(before);
        after.set(buffer, at);
        this.files.set(name, after);
        return buffer.length;
      },
      truncate: (size) => void this.files.set(name, get().slice(0, size)),
      getSize: () => get().length,
      flush() {},
      close: () => void this.#open.delete(name),
    };
  }

  async #request(name: string, rest: unknown[]): Promise<unknown> {
    const work = rest.at(-1) as (lock: object | null) => unknown;
    const { ifAvailable = false } = rest.length > 1 ? (rest[0] as LockOptions) : {};
    if (ifAvailable && this.#held.has(name)) return work(null);
    const turn = (this.#queues.get(name) ?? Promise.resolve()).then(async () => {
      this.#held.add(name);
      try {
        return await work({});
      } finally {
        this.#held.delete(name);
      }
    });
    this.#queues.set(
      name,
      turn.catch(() => {}),
    );
    return turn;
  }
}
