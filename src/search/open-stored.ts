/** The name of a stored index -> its contents in this realm, in step with the disk. */
import { PoolingError } from '../errors.ts';
import { checkSameModel } from './model-identity.ts';
import { Replica } from './replica.ts';
import type { Embedder, IndexOptions, OpenOptions } from './search-types.ts';
import { NONE, settle } from './settings.ts';
import type { StoredIndex } from './storage/protocol.ts';
import { openStore, type StoreClient } from './storage/store-client.ts';

export interface NamedStore {
  name: string;
  store: StoreClient;
  stored: StoredIndex;
}

/** `orCreate`: an index that is not there is made, empty; else it is `index-missing`. */
export async function lookUpStored(
  llm: Embedder,
  given: IndexOptions,
  name: string,
  { orCreate, signal }: Pick<OpenOptions, 'signal'> & { orCreate: boolean },
): Promise<NamedStore> {
  const store = openStore(given.worker);
  try {
    const stored = await store.call((api) => api.open(name));
    if (stored) return { name, store, stored };
    if (!orCreate) throw new PoolingError('index-missing', `No index is stored under the name "${name}".`);
    const { options, model, rowBytes } = await settle(llm, given, NONE, name, signal);
    return { name, store, stored: await store.call((api) => api.create(name, { options, model, rowBytes })) };
  } catch (error) {
    store.close();
    throw error;
  }
}

/** Checks that the model is the one that it was made with, before anything is read. */
export async function openStored(
  llm: Embedder,
  given: IndexOptions,
  { name, store, stored }: NamedStore,
  onLog: NonNullable<IndexOptions['onLog']>,
  hooks: OpenOptions,
): Promise<Replica> {
  const what = `The index "${name}"`;
  try {
    const settings = await settle(llm, given, stored.options, what, hooks.signal);
    checkSameModel(stored.model, settings.model, what);
    const home = new Replica({ store, name, stored, settings, contents: settings.emptyContents(), generation: 0, onLog });
    await home.refresh(hooks);
    await home.contents.ready();
    return home;
  } catch (error) {
    store.close();
    throw error;
  }
}
