/** A load request -> what its files are read with: the source, the cache, the hashes, and who is told of the bytes. */
import { PoolingError, throwIfAborted } from '../errors.ts';
import type { LoadProgress, LogEntry } from '../types.ts';
import type { LoadRequest } from '../wire/protocol.ts';
import { openFileCache } from './cache.ts';
import type { FileContext } from './fetch-file.ts';
import { createIntegrityCheck, type IntegrityCheck } from './integrity.ts';
import { createProgress, type ProgressMeter } from './progress.ts';
import { openSource } from './source.ts';

export type FilesRequest = Pick<LoadRequest, 'source' | 'cache' | 'headers' | 'integrity'>;

export interface OpenHooks {
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: LoadProgress) => void) | undefined;
  log: (entry: LogEntry) => void;
}

interface OpenContext extends FileContext {
  integrity: IntegrityCheck;
  progress: ProgressMeter;
}

/** `marker`: the JSON file that a folder has if it is what is looked for. */
export async function openContext(request: FilesRequest, { signal, onProgress, log }: OpenHooks, marker: string): Promise<OpenContext> {
  checkTexts('headers', request.headers);
  checkTexts('integrity', request.integrity);
  const integrity = createIntegrityCheck(request.integrity);
  throwIfAborted(signal);
  const source = await openSource(request.source, {
    headers: request.headers,
    signal,
    marker,
    isKept: async (folder) => request.cache && (await (await openFileCache(folder, () => {}))?.record(marker))?.complete === true,
  });
  const cache = request.cache && source.remote ? await openFileCache(source.key, log) : null;
  return { source, cache, integrity, progress: createProgress(onProgress ?? (() => {})) };
}

function checkTexts(option: string, record: Readonly<Record<string, unknown>>): void {
  const wrong = Object.entries(record).find(([, value]) => typeof value !== 'string');
  if (wrong)
    throw new PoolingError('invalid-option', `${option} has to hold texts, and ${JSON.stringify(wrong[0])} is ${typeof wrong[1]}.`);
}
