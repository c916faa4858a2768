/** One file of a source -> its bytes, however often the connection breaks; null if there is no such file. */
import { messageOf, PoolingError, throwIfAborted } from '../errors.ts';
import { continues, isHtml, readHead, retryAfter, type Head } from './response-head.ts';
import type { ModelSource } from './source.ts';
import { delay, TimedOut, within } from '../within.ts';

/** A file on its way. `bytes` is replaced, never overwritten, when a download starts again: views of it stay true. */
export interface Download extends Head {
  /** As long as the file if its length is known, else longer than `loaded`. */
  bytes: Uint8Array;
  loaded: number;
}

export interface DownloadOptions {
  signal?: AbortSignal | undefined;
  /** Where an earlier download of this file broke off. */
  resume?: Download | undefined;
  /** What an HTML page instead of the file means: servers of single-page apps send theirs for any path that does not exist. */
  html: 'absent' | 'invalid';
  /** Called with each piece that comes, and once when the headers are there. */
  onBytes?: (download: Download) => void;
  /** Further tries after the first, each after three times the pause of the one before. Tries that got further than any before are free. */
  retries?: number;
  pauseMs?: number;
  /** A connection that brings nothing for so long counts as broken. */
  stallMs?: number;
}

/** Bytes beyond the furthest point so far that make a broken try a good one. Fewer could go on for ever. */
const realProgress = 64 * 1024;

/** Worth another try. */
class Broken extends Error {
  readonly pauseMs: number | null;
  constructor(message: string, pauseMs: number | null = null) {
    super(message);
    this.pauseMs = pauseMs;
  }
}

export async function download(source: ModelSource, path: string, options: DownloadOptions): Promise<Download | null> {
  const { signal, retries = source.remote ? 3 : 0, pauseMs = 300 } = options;
  const file: Download = options.resume ?? { bytes: new Uint8Array(0), loaded: 0, total: null, validator: null };
  let furthest = file.loaded;
  for (let failed = 0, tries = 1; ; tries++) {
    throwIfAborted(signal);
    try {
      // The last try asks for the whole file: a server or proxy may choke on the Range itself.
      return (await attempt(source, path, file, options, failed < retries || retries === 0)) ? file : null;
    } catch (error) {
      throwIfAborted(signal);
      if (error instanceof PoolingError) throw error;
      const isFree = file.total !== null && file.loaded >= furthest + realProgress;
      furthest = Math.max(furthest, file.loaded);
      failed = isFree ? 0 : failed + 1;
      if (failed > retries) throw failure(source, path, `${messageOf(error)}, after ${tries} ${tries === 1 ? 'try' : 'tries'}`, error);
      await delay((error instanceof Broken ? error.pauseMs : null) ?? pauseMs * 3 ** Math.max(failed - 1, 0), signal);
    }
  }
}

async function attempt(source: ModelSource, path: string, file: Download, options: DownloadOptions, mayResume: boolean): Promise<boolean> {
  const { signal, stallMs = 30_000 } = options;
  const connection = new AbortController();
  const onAbort = () => connection.abort(signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  const from = mayResume && file.total !== null && file.validator !== null ? file.loaded : 0;
  const headers = from > 0 ? { range: `bytes=${from}-` } : {};
  let body: ReadableStreamDefaultReader<Uint8Array> | undefined;
  try {
    const response = await within(stallMs, signal, source.open(path, { headers, signal: connection.signal }));
    if (response?.status === 416) file.loaded = 0;
    if (response === null || !isThere(response, source, path, options.html)) return false;
    begin(file, response, from);
    options.onBytes?.(file);
    body = response.body?.getReader();
    while (body !== undefined) {
      const { done, value } = await within(stallMs, signal, body.read());
      if (done) break;
      append(file, value);
      options.onBytes?.(file);
    }
    if (file.total !== null && file.loaded < file.total) throw new Broken(`the body ended after ${file.loaded} of ${file.total} bytes`);
    if (file.bytes.length > file.loaded) file.bytes = file.bytes.slice(0, file.loaded);
    file.total = file.loaded;
    return true;
  } finally {
    signal?.removeEventListener('abort', onAbort);
    // Frees the connection of an answer that is not read to its end; does nothing to a finished one.
    body?.cancel().catch(() => {});
    connection.abort();
  }
}

function isThere(response: Response, source: ModelSource, path: string, html: 'absent' | 'invalid'): boolean {
  const { status } = response;
  if (status === 404 || status === 410) return false;
  if (status === 416) throw new Broken('HTTP 416 to a Range request');
  if (status >= 500 || status === 429 || status === 408)
    throw new Broken(`HTTP ${status} ${response.statusText}`.trim(), retryAfter(response));
  if (!response.ok) throw failure(source, path, `HTTP ${status} ${response.statusText}`.trim());
  if (!isHtml(response)) return true;
  if (html === 'absent') return false;
  throw new PoolingError(
    'model-file-invalid',
    `${path} at ${source.locate(path)}: the server answered with an HTML page instead of the file.`,
  );
}

/** Sets the file up for the body to come: where it goes on, or from its first byte. */
function begin(file: Download, response: Response, from: number): void {
  if (response.status === 206) {
    if (from > 0 && continues(response, from, file)) return;
    file.loaded = 0;
    throw new Broken('the server went on with another version of the file');
  }
  const { total, validator } = readHead(response);
  file.bytes = allocate(total ?? 64 * 1024);
  Object.assign(file, { total, validator, loaded: 0 });
}

function append(file: Download, piece: Uint8Array): void {
  const end = file.loaded + piece.length;
  if (end > file.bytes.length) {
    // More than was announced: the length was that of compressed bytes, and the header that says so is hidden from other origins.
    if (file.total !== null) Object.assign(file, { total: null, validator: null });
    const larger = allocate(Math.max(end, file.bytes.length * 2));
    larger.set(file.bytes.subarray(0, file.loaded));
    file.bytes = larger;
  }
  file.bytes.set(piece, file.loaded);
  file.loaded = end;
}

function allocate(bytes: number): Uint8Array {
  try {
    return new Uint8Array(bytes);
  } catch (error) {
    throw new PoolingError('download-failed', `There is no memory for a file of ${bytes} bytes.`, { cause: error });
  }
}

function failure(source: ModelSource, path: string, why: string, cause?: unknown): PoolingError {
  return new PoolingError('download-failed', `${path} could not be downloaded from ${source.locate(path)}: ${why}.`, { cause });
}

/** True for the error of a download that got no answer at all: fetch says TypeError for every way in which the network can be gone. */
export function isOffline(error: unknown): boolean {
  return (
    error instanceof PoolingError &&
    error.code === 'download-failed' &&
    (error.cause instanceof TypeError || error.cause instanceof TimedOut)
  );
}
