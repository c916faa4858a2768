/** What is known of stored indexes, in IndexedDB: which there are, their documents, what was taken out. The only door to idb. */
import { openDB, type DBSchema, type IDBPDatabase, type IDBPTransaction } from 'idb';
import { PoolingError } from '../../errors.ts';
import type { IndexHead, PassageDocument } from './protocol.ts';

export interface IndexRecord extends IndexHead {
  id: string;
  /** None: a draft. */
  name?: string;
  format: number;
  generation: number;
  documents: number;
  /** Of the file of vectors, free ones included. */
  rows: number;
  /** Rows that no document has, ascending. */
  free: number[];
  /** Removals up to this generation are forgotten. */
  forgotten: number;
  /** Removals that are not. */
  removals: number;
}

export interface DocumentRecord extends PassageDocument {
  index: string;
  id: string;
  /** Of its last commit. */
  generation: number;
  /** In the file, one a passage. */
  rows: number[];
  /** SHA-256 of the bytes of its rows. */
  checksum: string;
}

interface Removal {
  index: string;
  generation: number;
  ids: string[];
}

interface Schema extends DBSchema {
  indexes: { key: string; value: IndexRecord; indexes: { name: string } };
  documents: { key: [string, string]; value: DocumentRecord; indexes: { generation: [string, number] } };
  removals: { key: [string, number]; value: Removal };
}

export type Database = IDBPDatabase<Schema>;
export type Transaction = IDBPTransaction<Schema, ('indexes' | 'documents' | 'removals')[], 'readwrite'>;

/** `onLost`: it was closed, and is to be opened anew: a newer version of this page wants it, or the browser took it away. */
export async function openDatabase(onLost: () => void): Promise<Database> {
  return openDB<Schema>('rockpool-search', 1, {
    upgrade(database) {
      database.createObjectStore('indexes', { keyPath: 'id' }).createIndex('name', 'name', { unique: true });
      database.createObjectStore('documents', { keyPath: ['index', 'id'] }).createIndex('generation', ['index', 'generation']);
      database.createObjectStore('removals', { keyPath: ['index', 'generation'] });
    },
    blocking(_current, _blocked, event) {
      (event.target as IDBDatabase).close();
      onLost();
    },
    terminated: onLost,
  });
}

/** All of it or nothing, and on the disk when it is done: rows of the file are written anew only after nothing stored needs them. */
export async function inTransaction<T>(database: Database, work: (transaction: Transaction) => Promise<T>): Promise<T> {
  const transaction = database.transaction(['indexes', 'documents', 'removals'], 'readwrite', { durability: 'strict' });
  try {
    const result = await work(transaction);
    await transaction.done;
    return result;
  } catch (error) {
    // Its own reason says more than that of the request that it took with it.
    transaction.done.catch(() => {});
    try {
      transaction.abort();
    } catch {
      // It has ended already.
    }
    throw transaction.error ?? error;
  }
}

/** Keys of one index, whatever comes behind its id. */
export const keysOf = (index: string) => IDBKeyRange.bound([index], [index, []]);

/** Of one index: after one generation, and up to another. */
export const generationsOf = (index: string, after: number, to: number = Infinity) =>
  IDBKeyRange.bound([index, after], [index, to], true, false);

export function existing(record: IndexRecord | undefined): IndexRecord {
  if (record) return record;
  throw new PoolingError('index-missing', 'The stored index was deleted or replaced, perhaps in another tab. Open it anew.');
}

/** Puts what became of a record, unless the index was deleted or replaced since it was read: that takes away the name, and no lock. */
export async function putRecord(transaction: Transaction, record: IndexRecord): Promise<void> {
  const indexes = transaction.objectStore('indexes');
  const now = await indexes.get(record.id);
  existing(now?.name === record.name ? now : undefined);
  await indexes.put(record);
}
