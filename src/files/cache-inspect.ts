/** What is kept in the browser's cache, and how to be rid of it. Also part of the main thread's bundle: little is imported. */
import { PoolingError } from '../errors.ts';
import type { CachedModel } from '../types.ts';
import { CACHE_NAME, REFERENCE_CACHE, PART_BYTES, parseKey, recordKey, type FileRecord } from './cache-key.ts';

/** The models in the cache with their files; nothing where there is no cache. An incomplete file goes on at the next load. */
export async function inspectCache(): Promise<CachedModel[]> {
  const cache = await existingCache();
  const models = new Map<string, CachedModel>();
  for (const [model, files] of cache && canList(cache) ? await partsByFile(cache) : []) {
    const found: CachedModel = { model, files: [], bytes: 0 };
    for (const [path, parts] of files) {
      const record = (await (await cache?.match(recordKey(model, path)))?.json()) as FileRecord | undefined;
      if (record?.absent) continue;
      const bytes = record?.complete ? record.size : Math.min(parts * PART_BYTES, record?.size ?? Infinity);
      found.files.push({ path, bytes, complete: record?.complete ?? false });
      found.bytes += bytes;
    }
    if (found.files.length > 0) models.set(model, found);
  }
  return [...models.values()];
}

/** Removes one model, named as `inspectCache` names it, or all. A load that is under way starts its files again. */
export async function clearCache(model?: string): Promise<void> {
  const cache = await existingCache();
  if (cache === null) return;
  if (model === undefined) {
    await caches.delete(CACHE_NAME);
    await caches.delete(REFERENCE_CACHE);
    return;
  }
  if (!canList(cache))
    throw new PoolingError('invalid-option', 'The cache of this runtime cannot be listed: clear it whole, without a model.');
  for (const key of await cache.keys()) if (parseKey(key.url)?.model === model) await cache.delete(key);
}

/** Opening would create it, and throws where storage is forbidden. */
async function existingCache(): Promise<Cache | null> {
  try {
    return (await caches.has(CACHE_NAME)) ? await caches.open(CACHE_NAME) : null;
  } catch {
    return null;
  }
}

/** Deno's cache has no `keys`. */
function canList(cache: Cache): boolean {
  return typeof (cache as { keys?: unknown }).keys === 'function';
}

/** Number of parts of each file of each model. */
async function partsByFile(cache: Cache): Promise<Map<string, Map<string, number>>> {
  const models = new Map<string, Map<string, number>>();
  for (const key of await cache.keys()) {
    const entry = parseKey(key.url);
    if (entry === null) continue;
    const files = models.get(entry.model) ?? new Map<string, number>();
    files.set(entry.path, (files.get(entry.path) ?? 0) + (entry.part === null ? 0 : 1));
    models.set(entry.model, files);
  }
  return models;
}
