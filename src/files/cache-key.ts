/** How a model's files are named in the Cache API: one record and some parts a file, under a made-up host. */

export const CACHE_NAME = 'rockpool';

/** Of the self-check; see reference-store.ts. */
export const REFERENCE_CACHE = 'rockpool-reference';

/** Bytes of a part. Only the last one of a file is shorter. */
export const PART_BYTES = 4 * 1024 * 1024;

/** What is known of a kept file. Written once before its parts, and again, complete, when all are there and were checked. */
export interface FileRecord {
  url: string;
  /** The server said that there is no such file. Believed only when the network is gone. */
  absent: boolean;
  complete: boolean;
  size: number;
  validator: string | null;
}

/** Never the file's own URL: a service worker that looks into all caches would serve our records as the file. */
const host = 'https://rockpool.invalid/v1/';

export function recordKey(model: string, path: string): string {
  return `${host}${encodeURIComponent(model)}/${encodeURIComponent(path)}/record`;
}

export function partKey(model: string, path: string, index: number): string {
  return `${host}${encodeURIComponent(model)}/${encodeURIComponent(path)}/part/${index}`;
}

interface CacheEntry {
  model: string;
  path: string;
  /** Null: this entry is the record. */
  part: number | null;
}

/** The inverse of the two above; null for a key that is not ours. */
export function parseKey(url: string): CacheEntry | null {
  const [model, path, kind, index] = url.startsWith(host) ? url.slice(host.length).split('/') : [];
  if (model === undefined || path === undefined) return null;
  return { model: decodeURIComponent(model), path: decodeURIComponent(path), part: kind === 'part' ? Number(index) : null };
}
