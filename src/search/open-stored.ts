/** The name of a stored index -> its contents in this realm, in step with the disk. */
import { PoolingError } from '../errors.ts';
import { checkSameModel } from './model-identity.ts';
import { Replica } from './replica.ts';
import type { Embedder, IndexOptions, OpenOptions } from './search-types.ts';
import { NONE, settle, type Settings } from './settings.ts';
import { openStore } from './storage/store-client.ts';

export interface OpenedIndex {
  home: Replica;
  settings: Settings;
}

/** `orCreate`: an index that is not there is made, empty; else it is `index-missing`. */
export async function openStored(
  llm: Embedder,
  given: IndexOptions,
  name: string,
  onLog: NonNullable<IndexOptions['onLog']>,
  { orCreate, ...hooks }: OpenOptions & { orCreate: boolean },
): Promise<OpenedIndex> {
  const what = `The index "${name}"`;
  const store = openStore(given.worker);
  try {
    let stored = await store.call((api) => api.open(name));
    if (!stored && !orCreate) throw new PoolingError('index-missing', `No index is stored under the name "${name}".`);
    if (!stored) {
      const { options, model, rowBytes } = await settle(llm, given, NONE, what, hooks.signal);
      stored = await store.call((api) => api.create(name, { options, model, rowBytes }));
    }
    const settings = await settle(llm, given, stored.options, what, hooks.signal);
    checkSameModel(stored.model, settings.model, what);
    const { compute } = settings;
    const home = new Replica({ store, name, stored, contents: settings.emptyContents(), generation: 0, compute, onLog });
    await home.refresh(hooks);
    await home.contents.ready();
    return { home, settings };
  } catch (error) {
    store.close();
    throw error;
  }
}
