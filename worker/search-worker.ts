/** The worker that stores indexes of `rockpool/search`. */
import { expose, transfer } from 'comlink';
import type { Database } from '../src/search/storage/database.ts';
import { openDatabase } from '../src/search/storage/database.ts';
import { IndexStore } from '../src/search/storage/index-store.ts';
import { opfsFolder } from '../src/search/storage/opfs.ts';
import type { StoreApi } from '../src/search/storage/protocol.ts';
import type { WorkerReady } from '../src/wire/protocol.ts';
import { holdLock } from './hold-lock.ts';

let database: Promise<Database> | null = null;
const forget = () => (database = null);
const store = new IndexStore({
  database() {
    database ??= openDatabase(forget);
    database.catch(forget);
    return database;
  },
  folder: opfsFolder,
  locks: navigator.locks,
});

const api: StoreApi = {
  open: (name) => store.open(name),
  create: (name, head) => store.create(name, head),
  draft: (head) => store.draft(head),
  publish: (id, name) => store.publish(id, name),
  generation: (id) => store.generation(id),
  async changes(id, since) {
    const result = await store.changes(id, since);
    return result.ok ? transfer(result, [result.value.rows]) : result;
  },
  commit: (id, work) => store.commit(id, work),
  list: () => store.list(),
  remove: (name) => store.remove(name),
};
expose(api);
void holdLock().then((lock) => postMessage({ kind: 'ready', lock } satisfies WorkerReady));
