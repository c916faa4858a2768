/** Stored indexes by name: made, read, written, deleted, by as many tabs as like. One lock an index, held for one step at a time. */
import { PoolingError } from '../../errors.ts';
import type { WireResult } from '../../wire/protocol.ts';
import { changesSince } from './changes.ts';
import { commit, shrink } from './commit.ts';
import { existing, inTransaction, keysOf, type Database, type IndexRecord } from './database.ts';
import { FORMAT } from './format.ts';
import type { Changes, Commit, Committed, IndexHead, IndexListing, StoreApi, StoredIndex } from './protocol.ts';
import { RowFile, type Folder } from './row-file.ts';
import { RowSpace } from './row-space.ts';
import { asStoreError } from './store-error.ts';

/** What a realm has to give. */
export interface StorePlace {
  /** Asked for each time: it may have been closed. */
  database(): Promise<Database>;
  folder(): Promise<Folder>;
  locks: Pick<LockManager, 'request'>;
}

export class IndexStore implements StoreApi {
  readonly #place: StorePlace;
  /** Lets go of a draft's own lock. */
  readonly #drafts = new Map<string, () => void>();

  constructor(place: StorePlace) {
    this.#place = place;
  }

  open(name: string): Promise<WireResult<StoredIndex | null>> {
    return answer(async () => {
      const record = await (await this.#swept()).getFromIndex('indexes', 'name', name);
      return record ? storedIndex(record) : null;
    });
  }

  create(name: string, head: IndexHead): Promise<WireResult<StoredIndex>> {
    return answer(async () => {
      const made = await inTransaction(await this.#place.database(), async (transaction) => {
        const indexes = transaction.objectStore('indexes');
        const there = await indexes.index('name').get(name);
        if (there) return there;
        const record = { ...emptyRecord(head), name };
        await indexes.put(record);
        return record;
      });
      return storedIndex(made);
    });
  }

  draft(head: IndexHead): Promise<WireResult<StoredIndex>> {
    return answer(async () => {
      await this.#place.folder();
      const record = emptyRecord(head);
      await this.#hold(record.id);
      await inTransaction(await this.#place.database(), (transaction) => transaction.objectStore('indexes').put(record));
      return storedIndex(record);
    });
  }

  publish(id: string, name: string): Promise<WireResult<null>> {
    return answer(async () => {
      await inTransaction(await this.#place.database(), async (transaction) => {
        const indexes = transaction.objectStore('indexes');
        const { name: _, ...before } = (await indexes.index('name').get(name)) ?? {};
        // What had the name is a draft of nobody's, which the next sweep deletes.
        if ('id' in before) await indexes.put(before as IndexRecord);
        await indexes.put({ ...existing(await indexes.get(id)), name });
      });
      this.#drafts.get(id)?.();
      this.#drafts.delete(id);
      await this.#sweep();
      return null;
    });
  }

  generation(id: string): Promise<WireResult<number>> {
    return answer(async () => (await this.#record(id)).generation);
  }

  changes(id: string, since: number): Promise<WireResult<Changes>> {
    return this.#locked(id, async (database, file, record) => changesSince(database, file, record, since));
  }

  commit(id: string, work: Commit): Promise<WireResult<Committed | null>> {
    return this.#locked(id, async (database, file, record) => {
      if (work.onlyAt !== null && work.onlyAt !== record.generation) return null;
      const { record: after, removed } = await commit(database, file, record, work);
      // What was to be written is: that the file is larger than it need be is no failure.
      if (new RowSpace(after.rows, after.free).isSparse) await shrink(database, file, after).catch(() => {});
      return { generation: after.generation, removed };
    });
  }

  list(): Promise<WireResult<IndexListing[]>> {
    return answer(async () => {
      const records = await (await this.#swept()).getAllFromIndex('indexes', 'name');
      return records.map(({ name, documents, rows, rowBytes, model }) => ({
        name: name!,
        documents,
        vectorBytes: rows * rowBytes,
        model: model.name,
      }));
    });
  }

  remove(name: string): Promise<WireResult<boolean>> {
    return answer(async () => {
      const removed = await inTransaction(await this.#place.database(), async (transaction) => {
        const indexes = transaction.objectStore('indexes');
        const record = await indexes.index('name').get(name);
        if (!record) return false;
        const { name: _, ...nameless } = record;
        await indexes.put(nameless);
        return true;
      });
      await this.#sweep();
      return removed;
    });
  }

  #locked<T>(id: string, work: (database: Database, file: RowFile, record: IndexRecord) => Promise<T>): Promise<WireResult<T>> {
    const step = async (): Promise<T> => {
      const record = await this.#record(id);
      const database = await this.#place.database();
      const file = new RowFile(await (await this.#place.folder()).open(id), record.rowBytes);
      try {
        return await work(database, file, record);
      } finally {
        file.close();
      }
    };
    return answer(async () => this.#place.locks.request(lockOf(id), step));
  }

  /** One without a name is a draft of this worker's, or as good as deleted. */
  async #record(id: string): Promise<IndexRecord> {
    const record = await (await this.#place.database()).get('indexes', id);
    return existing(record?.name === undefined && !this.#drafts.has(id) ? undefined : record);
  }

  /** Until it is published, or this worker ends. */
  #hold(id: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const held = this.#place.locks.request(draftLockOf(id), () => {
        resolve();
        return new Promise<void>((release) => this.#drafts.set(id, release));
      });
      held.catch(reject);
    });
  }

  /** Both halves have to be there: who is told that there is no storage can do without, and who has begun cannot. */
  async #swept(): Promise<Database> {
    await this.#place.folder();
    await this.#sweep();
    return this.#place.database();
  }

  /** Deletes drafts that nobody works on: of tabs that are gone, and what was deleted or replaced. The record goes last, so nothing is forgotten. */
  async #sweep(): Promise<void> {
    const database = await this.#place.database();
    for (const { id, name } of await database.getAll('indexes')) {
      if (name !== undefined) continue;
      await this.#place.locks.request(draftLockOf(id), { ifAvailable: true }, async (lock) => {
        if (!lock) return;
        await this.#place.locks.request(lockOf(id), async () => {
          // Published while this waited, or deleted by another.
          const record = await database.get('indexes', id);
          if (!record || record.name !== undefined) return;
          await (await this.#place.folder()).remove(id);
          await inTransaction(database, async (transaction) => {
            await transaction.objectStore('documents').delete(keysOf(id));
            await transaction.objectStore('removals').delete(keysOf(id));
            await transaction.objectStore('indexes').delete(id);
          });
        });
      });
    }
  }
}

const lockOf = (id: string) => `rockpool-search:${id}`;
const draftLockOf = (id: string) => `rockpool-search-draft:${id}`;

function emptyRecord(head: IndexHead): IndexRecord {
  return {
    ...head,
    id: crypto.randomUUID(),
    format: FORMAT,
    generation: 0,
    documents: 0,
    rows: 0,
    free: [],
    forgotten: 0,
    removals: 0,
  };
}

function storedIndex({ id, name, format, options, model, rowBytes, generation, documents }: IndexRecord): StoredIndex {
  if (format === FORMAT) return { id, options, model, rowBytes, generation, documents };
  throw new PoolingError(
    'index-invalid',
    `The index "${name}" is stored in format ${format}, and this version of rockpool reads ${FORMAT}. Use a newer rockpool, or delete the index.`,
  );
}

async function answer<T>(work: () => Promise<T>): Promise<WireResult<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    const { code, message, cause } = asStoreError(error);
    return { ok: false, error: { code, message, cause: cause === undefined ? null : String(cause), fatal: false } };
  }
}
