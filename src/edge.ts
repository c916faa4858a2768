/** rockpool in-process: Node, Deno, Bun, workerd, or a worker of your own. The same LLM, no Worker, no comlink. */
import type { WasmModule } from './dom-types.ts';
import { Engine } from './engine/engine.ts';
import { connectInProcess } from './facade/in-process.ts';
import { PoolingLLM } from './facade/llm.ts';
import { logToConsole } from './facade/listeners.ts';
import { describeSource, loadRequest, readLoadOptions } from './facade/load-request.ts';
import type { EitherSpelling } from './facade/options.ts';
import { PoolingError } from './errors.ts';
import { fileSource } from './edge/files.ts';
import { edgeOrt, wantsWebGpu } from './edge/ort.ts';
import { pauseOf } from './edge/pause.ts';
import { localFetch } from './local-fetch.ts';
import { clearCache, inspectCache } from './files/cache-inspect.ts';
import type { CachedModel, LoadOptions, ModelFolder } from './types.ts';
import type { SourceDescription } from './wire/protocol.ts';

/** Here and not beside its use: these are the public types, and should not pull in onnxruntime-web's, which need the DOM's. */
export type WasmSource = WasmModule | ArrayBuffer | Uint8Array;

export interface EdgeOptions {
  /**
   * The runtime's WebAssembly, where it cannot be read from node_modules: bytes, or (Cloudflare Workers, which compile nothing at run time)
   * the module that `import wasm from 'onnxruntime-web/ort-wasm-simd-threaded.wasm'` gives. Where there is WebGPU, and `device` is not
   * "wasm", it has to be the file with `.asyncify` in its name. Ignored if this realm runs onnxruntime-web already.
   */
  wasm?: WasmSource;
}

export class LLM extends PoolingLLM {
  /**
   * A `fetch` that this model answers, whatever the host: the routes of `rockpool/server` with no server. For clients that take one:
   * `new OpenAI({ baseURL: 'http://local/v1', apiKey: '-', fetch: llm.fetch })`.
   */
  readonly fetch = localFetch(this);

  /**
   * Loads a model folder in the Hugging Face layout into this realm. As `LLM.load` of `rockpool`; besides, a path or `file:` URL where there is
   * a file system, and a function from path to Response for any other store. One thread: `threads` needs a worker.
   *
   * @param model URL or path of the folder; a hub id `org/name` (a folder of that name here wins); a directory handle or the files of one; a
   *   function.
   * @throws PoolingError as `LLM.load` of `rockpool`, less what is the worker's: `worker-crashed`, `worker-timeout`.
   */
  static async load(model: string | URL | ModelFolder, options?: EitherSpelling<LoadOptions & EdgeOptions>): Promise<LLM> {
    const { signal, onProgress, onLog = logToConsole, wasm, ...rest } = readLoadOptions<LoadOptions & EdgeOptions>(options, ['wasm']);
    if (rest.threads !== undefined && rest.threads > 1)
      throw new PoolingError('invalid-option', 'rockpool/edge runs on one thread: leave out `threads`.');
    const base = (globalThis.location as Location | undefined)?.href ?? null;
    const describe = async (folder: string | URL | ModelFolder) => (await fileSource(folder)) ?? describeSource(folder, rest.hub, base);
    const heads = new Map<string | URL, SourceDescription>();
    for (const folder of Object.values(rest.heads ?? {})) heads.set(folder, (await describe(folder)).source);
    const request = loadRequest(await describe(model), { ...rest, threads: 1 }, (folder) => heads.get(folder)!);
    const ort = () => edgeOrt(request, wasm);
    return new LLM(
      await connectInProcess(
        (emit) => new Engine({ ort, webGpu: wantsWebGpu(request), pause: pauseOf(globalThis) }, emit),
        request,
        { signal, onLoadProgress: onProgress },
        onLog,
      ),
    );
  }

  /** Model files in the Cache API, where the runtime has one. */
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
