/** One file of the model: from the cache or its source, checked, parsed, and kept for the next load only if all of that went well. */
import { PoolingError, throwIfAborted } from '../errors.ts';
import type { FileRecord } from './cache-key.ts';
import type { FileCache } from './cache.ts';
import { download, isOffline, type Download } from './download.ts';
import type { IntegrityCheck } from './integrity.ts';
import { withLock } from './lock.ts';
import { createPartWriter } from './part-writer.ts';
import type { ProgressMeter } from './progress.ts';
import type { ModelSource } from './source.ts';

export interface FileContext {
  source: ModelSource;
  /** Null: local files, or the caller or the browser wants no cache. */
  cache: FileCache | null;
  integrity: IntegrityCheck;
  progress: ProgressMeter | null;
}

export interface FileRequest<T> {
  path: string;
  /** Throws if the bytes are not what they should be. */
  parse: (bytes: Uint8Array) => T;
  html: 'absent' | 'invalid';
  signal?: AbortSignal | undefined;
}

export interface ModelFile<T> {
  value: T;
  bytes: Uint8Array;
  /** The same for the same version of the file, as far as the server tells versions apart. */
  version: string;
}

/** Null: there is no such file. */
export async function fetchFile<T>(context: FileContext, request: FileRequest<T>): Promise<ModelFile<T> | null> {
  const { source, cache } = context;
  if (cache === null) return fetchFresh(context, request, null);
  return withLock(`rockpool ${source.locate(request.path)}`, request.signal, async () => {
    const record = await cache.record(request.path);
    return record === null || record.absent ? fetchFresh(context, request, record) : fetchKept(context, request, record, cache);
  });
}

/** Begins with what the cache has of the file. What turns out to be bad is dropped, and downloaded once more. */
async function fetchKept<T>(
  context: FileContext,
  request: FileRequest<T>,
  record: FileRecord,
  cache: FileCache,
): Promise<ModelFile<T> | null> {
  const { path, signal } = request;
  const { size, validator } = record;
  try {
    const kept: Download = { ...(await cache.read(path, record)), total: size, validator };
    if (kept.loaded === size) {
      const file = await accept(context, request, kept, `${record.url}, from the cache`);
      if (!record.complete) await createPartWriter(cache, record.url, path, kept).finish(kept);
      context.progress?.end(path, size, true);
      return file;
    }
    if (!record.complete && kept.loaded > 0) return await fetchRest(context, request, kept);
  } catch (error) {
    throwIfAborted(signal);
    if (!(error instanceof PoolingError) || error.code === 'download-failed') throw error;
  }
  await cache.drop(path);
  return fetchFresh(context, request, null);
}

function fetchFresh<T>(context: FileContext, request: FileRequest<T>, absent: FileRecord | null): Promise<ModelFile<T> | null> {
  return fetchRest(context, request, undefined, absent !== null);
}

async function fetchRest<T>(
  context: FileContext,
  request: FileRequest<T>,
  kept: Download | undefined,
  wasAbsent = false,
): Promise<ModelFile<T> | null> {
  const { source, cache, progress } = context;
  const { path, html, signal } = request;
  const url = source.locate(path);
  const writer = cache && createPartWriter(cache, url, path, kept);
  try {
    const onBytes = (file: Download) => {
      writer?.advance(file);
      if (source.remote) progress?.bytes(path, file.loaded, file.total);
    };
    const file = await download(source, path, { html, signal, onBytes, resume: kept, ...(wasAbsent && { retries: 1 }) });
    if (file === null) {
      if (kept !== undefined) await cache?.drop(path);
      if (!wasAbsent) await cache?.putRecord(path, { url, absent: true, complete: false, size: 0, validator: null });
      return null;
    }
    const accepted = await accept(context, request, file, url);
    await writer?.finish(file);
    progress?.end(path, file.loaded, !source.remote);
    return accepted;
  } catch (error) {
    await writer?.settle();
    if (wasAbsent && isOffline(error)) return null;
    // Bytes that came whole and are bad must not be gone on with. An abort or a broken line leaves its parts for the next time.
    const isBad = error instanceof PoolingError && error.code !== 'aborted' && error.code !== 'download-failed';
    if (isBad) await cache?.drop(path);
    throw error;
  }
}

async function accept<T>(context: FileContext, request: FileRequest<T>, file: Download, place: string): Promise<ModelFile<T>> {
  await context.integrity.check(file.bytes, request.path, place);
  return { value: request.parse(file.bytes), bytes: file.bytes, version: `${file.validator ?? ''}/${file.loaded}` };
}
