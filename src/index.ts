/** rockpool on the main thread: the engine runs in a Web Worker. Hand-written list of all that is public. */
import { PoolingLLM } from './facade/llm.ts';
import { describeSource, loadRequest, logToConsole, readLoadOptions } from './facade/load-request.ts';
import type { EitherSpelling } from './facade/options.ts';
import { connectWorker } from './facade/worker-connection.ts';
import { clearCache, inspectCache } from './model/cache-inspect.ts';
import type { CachedModel, LoadOptions, ModelFolder, WorkerOptions } from './types.ts';

export class LLM extends PoolingLLM {
  /**
   * Loads a model folder in the Hugging Face layout into a new worker.
   *
   * @param model URL of the folder, relative to the page; a hub id `org/name` (a folder of that name beside the page wins); a directory handle
   *   or the files of one, as the user picked them.
   * @throws PoolingError `model-file-missing`, `model-file-invalid`, `integrity-mismatch`, `download-failed`, `unsupported-model`, `invalid-option`,
   *   `webgpu-unavailable`, `webgpu-wrong-results`, `worker-crashed`, `worker-timeout`, `aborted`.
   */
  static async load(
    model: string | URL | Exclude<ModelFolder, () => unknown>,
    options?: EitherSpelling<LoadOptions & WorkerOptions>,
  ): Promise<LLM> {
    const {
      signal,
      onProgress,
      onLog = logToConsole,
      ...rest
    } = readLoadOptions<LoadOptions & WorkerOptions>(options, ['worker', 'workerTimeout']);
    const { source, name } = describeSource(model, rest.hub, document.baseURI);
    // The worker has another base than the page.
    const wasmPath = rest.wasmPath === undefined ? {} : { wasmPath: new URL(rest.wasmPath, document.baseURI).href };
    const request = loadRequest(source, name, { ...rest, ...wasmPath });
    return new LLM(await connectWorker(request, rest, { signal, onLoadProgress: onProgress }, onLog));
  }

  /** Model files in the browser's cache, by model, complete or not. Empty where there is no Cache API. */
  static inspectCache(): Promise<CachedModel[]> {
    return inspectCache();
  }

  /** Removes the files of one model (its `model` from `inspectCache`), or of all. */
  static clearCache(model?: string): Promise<void> {
    return clearCache(model);
  }
}

export { errorCodes, PoolingError, type ErrorCode } from './errors.ts';
export type * from './types.ts';
