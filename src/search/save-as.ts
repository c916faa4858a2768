/** Contents and a name -> a stored index of that name, there at once when it is whole. */
import type { Contents } from './contents.ts';
import { groups, WRITTEN } from './groups.ts';
import { packed } from './packed-documents.ts';
import { Replica } from './replica.ts';
import type { IndexOptions, StorageState } from './search-types.ts';
import type { Settings } from './settings.ts';
import { openStore } from './storage/store-client.ts';

/** An index that had the name is replaced. The contents must not change meanwhile. */
export async function saveAs(
  name: string,
  contents: Contents,
  settings: Settings,
  { worker, onLog }: Pick<IndexOptions, 'worker'> & { onLog: NonNullable<IndexOptions['onLog']> },
): Promise<Replica> {
  const { options, model, rowBytes } = settings;
  const store = openStore(worker);
  try {
    const draft = await store.call((api) => api.draft({ options, model, rowBytes }));
    let generation = 0;
    for (const group of groups(contents.entries(), WRITTEN, ({ document }) => document.text)) {
      const computed = group.map(({ document, passages, key }) => ({ document, passages, rows: contents.table.packedOf(key) }));
      const committed = await store.call((api) => api.commit(draft.id, { ...packed(computed), removed: [], onlyAt: null }));
      generation = committed!.generation;
    }
    await store.call((api) => api.publish(draft.id, name));
    return new Replica({
      store,
      name,
      stored: { id: draft.id, rowBytes, documents: contents.count },
      contents,
      generation,
      settings,
      onLog,
    });
  } catch (error) {
    // The draft goes with its worker.
    store.close();
    throw error;
  }
}

/** Asks the browser to keep what this origin stores; Firefox asks the user. In a worker, which may not ask, what was asked before counts. */
export async function keepStored(): Promise<StorageState> {
  const { storage } = navigator;
  const persisted = await (typeof storage.persist === 'function' ? storage.persist() : storage.persisted());
  const { usage = null, quota = null } = await storage.estimate();
  return { persisted, usage, quota };
}
