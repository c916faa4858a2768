/** A model's files in the Cache API, in parts, so that a broken download goes on where it was. Failing storage turns it off, it never fails a load. */
import type { LogEntry } from '../types.ts';
import { CACHE_NAME, PART_BYTES, partKey, recordKey, type FileRecord } from './cache-key.ts';

export interface FileCache {
  record(path: string): Promise<FileRecord | null>;
  /** The parts that are there, from the first to the first gap, in a buffer of the file's full size. */
  read(path: string, record: FileRecord): Promise<{ bytes: Uint8Array; loaded: number }>;
  putRecord(path: string, record: FileRecord): Promise<void>;
  putPart(path: string, index: number, bytes: Uint8Array, validator: string | null): Promise<void>;
  drop(path: string): Promise<void>;
  /** False once storage has failed: nothing is written any more. */
  works(): boolean;
}

/** Cloudflare's cache keeps nothing without it; browsers ignore it here. */
const KEEP = { 'cache-control': 'max-age=31536000' };

/** Part responses say of which version of the file they are: two tabs without locks may write at once. */
const versionHeader = 'x-rockpool-version';

export async function openFileCache(model: string, log: (entry: LogEntry) => void): Promise<FileCache | null> {
  if (typeof caches === 'undefined') {
    // Node and Bun have none and nobody expects one; a browser hides it from pages on plain http.
    if (globalThis.isSecureContext === false) log(warning('cannot be cached', 'the page is neither on https nor on localhost'));
    return null;
  }
  let cache: Cache;
  try {
    cache = await caches.open(CACHE_NAME);
  } catch (error) {
    log(warning('cannot be cached', error));
    return null;
  }
  let failed = false;
  /** What storage answers, or `instead` when it fails: then once with a warning, and for the rest of the load without the cache. */
  async function guarded<T>(instead: T, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!failed) log(warning('cannot be cached any further', error));
      failed = true;
      return instead;
    }
  }
  const put = async (path: string, key: string, response: Response) => {
    if (failed) return;
    await guarded(undefined, () => cache.put(key, response));
    if (failed) await drop(path);
  };
  const drop = (path: string) =>
    guarded(undefined, async () => {
      const record = asRecord(await (await cache.match(recordKey(model, path)))?.json());
      const expected = Math.ceil((record?.size ?? 0) / PART_BYTES);
      // Not by listing the keys: Deno's cache cannot. A part may be missing in the middle, and there may be more than the record says.
      for (let i = 0; (await cache.delete(partKey(model, path, i))) || i < expected;) i++;
      await cache.delete(recordKey(model, path));
    });
  return {
    record: (path) => guarded(null, async () => asRecord(await (await cache.match(recordKey(model, path)))?.json())),
    read: (path, record) => guarded({ bytes: new Uint8Array(0), loaded: 0 }, () => readParts(cache, model, path, record)),
    putRecord: (path, record) => put(path, recordKey(model, path), new Response(JSON.stringify(record), { headers: KEEP })),
    putPart: (path, index, bytes, validator) =>
      put(
        path,
        partKey(model, path, index),
        new Response(bytes as Uint8Array<ArrayBuffer>, { headers: { ...KEEP, [versionHeader]: versionOf(validator) } }),
      ),
    drop,
    works: () => !failed,
  };
}

async function readParts(cache: Cache, model: string, path: string, record: FileRecord): Promise<{ bytes: Uint8Array; loaded: number }> {
  const bytes = new Uint8Array(record.size);
  let loaded = 0;
  while (loaded < record.size) {
    const part = await cache.match(partKey(model, path, loaded / PART_BYTES));
    if (part?.headers.get(versionHeader) !== versionOf(record.validator)) break;
    const piece = new Uint8Array(await part.arrayBuffer());
    if (piece.length !== Math.min(PART_BYTES, record.size - loaded)) break;
    bytes.set(piece, loaded);
    loaded += piece.length;
  }
  return { bytes, loaded };
}

/** Header values are bytes, an ETag may hold anything. */
function versionOf(validator: string | null): string {
  return encodeURIComponent(validator ?? '');
}

function asRecord(value: unknown): FileRecord | null {
  const record = value as Partial<FileRecord> | undefined;
  return typeof record?.size === 'number' && typeof record.complete === 'boolean' ? (record as FileRecord) : null;
}

function warning(what: string, error: unknown): LogEntry {
  const why = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return { level: 'warning', message: `Model files ${what} and stay in memory (${why}). The next load downloads them again.` };
}
