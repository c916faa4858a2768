/** rockpool on the main thread: the engine runs in a Web Worker. Hand-written list of all that is public. */
import { PoolingError, shown } from './errors.ts';
import { PoolingLLM } from './facade/llm.ts';
import { logToConsole } from './facade/listeners.ts';
import { describeSource, loadRequest, readLoadOptions } from './facade/load-request.ts';
import type { EitherSpelling } from './facade/options.ts';
import { connectWorker } from './facade/worker-connection.ts';
import { localFetch } from './local-fetch.ts';
import type { CachedModel, LoadOptions, ModelFolder, WorkerOptions } from './types.ts';

export class LLM extends PoolingLLM {
  /**
   * A `fetch` that this model answers, whatever the host: the routes of `rockpool/server` with no server. For clients that take one:
   * `new OpenAI({ baseURL: 'http://local/v1', apiKey: '-', fetch: llm.fetch })`.
   */
  readonly fetch = localFetch(this);

  /**
   * Loads a model folder in the Hugging Face layout into a new worker.
   *
   * @param model URL of the folder, relative to the page; a hub id `org/name` (a folder of that name beside the page wins); a directory handle
   *   or the files of one, as the user picked them.
   * @throws PoolingError `model-file-missing`, `model-file-invalid`, `integrity-mismatch`, `download-failed`, `unsupported-model`,
   *   `unsupported-task` (heads over a model that gives no embeddings), `invalid-option`, `webgpu-unavailable`, `webgpu-wrong-results`,
   *   `runtime-failed`, `worker-crashed`, `worker-timeout`, `aborted`.
   */
  static async load(
    model: string | URL | Exclude<ModelFolder, (path: string) => unknown>,
    options?: EitherSpelling<LoadOptions & WorkerOptions>,
  ): Promise<LLM> {
    const {
      signal,
      onProgress,
      onLog = logToConsole,
      ...rest
    } = readLoadOptions<LoadOptions & WorkerOptions>(options, ['worker', 'workerTimeout']);
    if (typeof document === 'undefined')
      throw new PoolingError('invalid-option', 'rockpool runs on a page. In a worker, in Node or at the edge use rockpool/edge.');
    if (typeof model === 'function')
      throw new PoolingError('invalid-option', 'A function cannot cross to the worker. Use rockpool/edge in a worker of your own.');
    const describe = (folder: Parameters<typeof describeSource>[0]) => describeSource(folder, rest.hub, document.baseURI);
    const request = loadRequest(describe(model), rest, (folder) => describe(folder).source);
    // The worker has another base than the page.
    if (request.wasmPath !== null) request.wasmPath = absolute(request.wasmPath);
    return new LLM(await connectWorker(request, rest, { signal, onLoadProgress: onProgress }, onLog));
  }

  /** Model files in the browser's cache, by model, complete or not. Empty where there is no Cache API. */
  static async inspectCache(): Promise<CachedModel[]> {
    return (await import('./files/cache-inspect.ts')).inspectCache();
  }

  /** Removes the files of one model (its `model` from `inspectCache`), or of all. */
  static async clearCache(model?: string): Promise<void> {
    return (await import('./files/cache-inspect.ts')).clearCache(model);
  }
}

function absolute(wasmPath: string): string {
  if (URL.canParse(wasmPath, document.baseURI)) return new URL(wasmPath, document.baseURI).href;
  throw new PoolingError('invalid-option', `wasmPath must be the URL of a folder, got ${shown(wasmPath)}.`);
}

export { errorCodes, PoolingError, type ErrorCode } from './errors.ts';
export type * from './types.ts';
