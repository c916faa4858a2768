/** The texts of the user's files in IndexedDB: what the index is made of, and made anew of if it is lost. */
import { openDB } from 'idb';
import type { DBSchema, IDBPDatabase } from 'idb';
import type { Kind } from './file-text.ts';

export interface StoredFile {
  id: string;
  name: string;
  kind: Kind;
  title: string;
  text: string;
  pages: number[] | null;
  /** Milliseconds since 1970: their order. */
  added: number;
}

interface Schema extends DBSchema {
  files: { key: string; value: StoredFile };
  /** Files that went and may still be in the index: how many parts they had. */
  removed: { key: string; value: number };
}

export interface FileStore {
  /** Whether it outlives the page. */
  kept: boolean;
  all(): Promise<StoredFile[]>;
  /** Puts one in and takes others out, at once. */
  change(added: StoredFile | null, removed: readonly { id: string; parts: number }[]): Promise<void>;
  removed(): Promise<{ id: string; parts: number }[]>;
  /** They are out of the index too. */
  settle(ids: readonly string[]): Promise<void>;
  clear(): Promise<void>;
}

/** Private windows may have no database: then files live as long as the page. */
export async function openFileStore(): Promise<FileStore> {
  try {
    const open = await openDB<Schema>('rockpool-demo-files', 1, {
      upgrade(db) {
        db.createObjectStore('files', { keyPath: 'id' });
        db.createObjectStore('removed');
      },
    });
    return storeIn(open);
  } catch {
    return memoryStore();
  }
}

function storeIn(db: IDBPDatabase<Schema>): FileStore {
  return {
    kept: true,
    all: async () => (await db.getAll('files')).sort((a, b) => a.added - b.added),
    async change(added, removed) {
      const tx = db.transaction(['files', 'removed'], 'readwrite');
      const [files, gone] = [tx.objectStore('files'), tx.objectStore('removed')];
      await Promise.all([
        added && files.put(added),
        ...removed.flatMap(({ id, parts }) => [files.delete(id), gone.put(parts, id)]),
        tx.done,
      ]);
    },
    async removed() {
      const tx = db.transaction('removed');
      const [ids, parts] = await Promise.all([tx.store.getAllKeys(), tx.store.getAll()]);
      return ids.map((id, i) => ({ id, parts: parts[i]! }));
    },
    async settle(ids) {
      const tx = db.transaction('removed', 'readwrite');
      await Promise.all([...ids.map((id) => tx.store.delete(id)), tx.done]);
    },
    async clear() {
      const tx = db.transaction(['files', 'removed'], 'readwrite');
      await Promise.all([tx.objectStore('files').clear(), tx.objectStore('removed').clear(), tx.done]);
    },
  };
}

function memoryStore(): FileStore {
  const files = new Map<string, StoredFile>();
  const gone = new Map<string, number>();
  return {
    kept: false,
    all: async () => [...files.values()],
    async change(added, removed) {
      if (added) files.set(added.id, added);
      for (const { id, parts } of removed) {
        files.delete(id);
        gone.set(id, parts);
      }
    },
    removed: async () => Array.from(gone, ([id, parts]) => ({ id, parts })),
    async settle(ids) {
      for (const id of ids) gone.delete(id);
    },
    async clear() {
      files.clear();
      gone.clear();
    },
  };
}
