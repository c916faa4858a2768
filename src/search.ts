/** rockpool's search: an index over any LLM of rockpool's that embeds. */
import { PoolingError, throwIfAborted } from './errors.ts';
import { checked } from './facade/checked-llm.ts';
import { logToConsole, notify } from './facade/listeners.ts';
import { readOptions, type EitherSpelling } from './facade/options.ts';
import { ableEmbedder } from './search/able-embedder.ts';
import { MemoryHome } from './search/home.ts';
import { lookUpStored, openStored } from './search/open-stored.ts';
import { SearchIndex } from './search/search-index.ts';
import type { Embedder, IndexOptions, OpenOptions } from './search/search-types.ts';
import { checkName, checkOptions, NONE, OPTIONS, settle } from './search/settings.ts';
import type { IndexListing } from './search/storage/protocol.ts';
import { canStore, openStore } from './search/storage/store-client.ts';

/**
 * An index: an empty one, or with `name` what is stored under it. Its vectors are the model's: another model's index is another one.
 *
 * @throws PoolingError `unsupported-task` if the model does not embed, `webgpu-unavailable` with device `webgpu`, `invalid-option`, also if
 *   what is stored was made with other options; of a stored one `model-mismatch`, `index-invalid`, `storage-full`, `worker-crashed`, `aborted`.
 */
export async function createIndex(llm: Embedder, options: EitherSpelling<IndexOptions & OpenOptions> = {}): Promise<SearchIndex> {
  const embedder = ableEmbedder(checked(llm, 'embed', 'createIndex'));
  const known = [...OPTIONS, 'signal', 'onProgress'] as const;
  const { signal, onProgress, ...given } = readOptions<IndexOptions & OpenOptions>(options, known, 'createIndex');
  checkOptions(given);
  throwIfAborted(signal);
  const { name, onLog = logToConsole } = given;
  const hooks = { ...(signal && { signal }), ...(onProgress && { onProgress }) };
  const found =
    name === undefined ? null : await lookUpStored(embedder, given, name, { ...hooks, orCreate: true }).catch(doWithout(name, onLog));
  if (found) return new SearchIndex({ llm: embedder, given, onLog, home: await openStored(embedder, given, found, onLog, hooks) });
  const home = new MemoryHome(await settle(embedder, given, NONE, 'The index', signal));
  await home.contents.ready();
  return new SearchIndex({ llm: embedder, given, onLog, home });
}

/** Only if there is no storage: an index that is there and cannot be read is no empty one. */
function doWithout(name: string, onLog: NonNullable<IndexOptions['onLog']>): (error: unknown) => null {
  return (error) => {
    if (!(error instanceof PoolingError) || error.code !== 'storage-unavailable') throw error;
    notify(onLog, { level: 'warning', message: `The index "${name}" lives in memory, and is gone with this page. ${error.message}` });
    return null;
  };
}

/**
 * The indexes that are stored in this browser, for this origin. Empty where nothing can be stored. Throws `storage-unavailable` if it
 * cannot be read.
 */
export async function listIndexes(options: Pick<IndexOptions, 'worker'> = {}): Promise<IndexListing[]> {
  const { worker } = readOptions<Pick<IndexOptions, 'worker'>>(options, ['worker'], 'listIndexes');
  if (!canStore()) return [];
  const store = openStore(worker);
  try {
    return await store.call((api) => api.list());
  } finally {
    store.close();
  }
}

/**
 * Whether there was one. Where it is open, in this tab or another, its next call is `index-missing`. Where nothing can be stored: false. Throws
 * `storage-unavailable` if it cannot be deleted.
 */
export async function deleteIndex(name: string, options: Pick<IndexOptions, 'worker'> = {}): Promise<boolean> {
  checkName(name);
  const { worker } = readOptions<Pick<IndexOptions, 'worker'>>(options, ['worker'], 'deleteIndex');
  if (!canStore()) return false;
  const store = openStore(worker);
  try {
    return await store.call((api) => api.remove(name));
  } finally {
    store.close();
  }
}

export { errorCodes, PoolingError, type ErrorCode } from './errors.ts';
export { KeywordSearch } from './search/keyword-search.ts';
export type { SearchIndex } from './search/search-index.ts';
export type { IndexListing } from './search/storage/protocol.ts';
export type * from './search/search-types.ts';
export type { Precision } from './search/row-format.ts';
