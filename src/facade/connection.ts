/** What the LLM class needs of an engine, wherever it runs: in a worker behind comlink, or in the same realm. */
import { abortError, PoolingError, throwIfAborted } from '../errors.ts';
import type { CallProgress, LoadProgress, ModelInfo } from '../types.ts';
import type { EngineApi, EngineEvent, WireError, WireResult } from '../wire/protocol.ts';
import { notify } from './listeners.ts';

export interface CallHooks {
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: CallProgress) => void) | undefined;
  onLoadProgress?: ((progress: LoadProgress) => void) | undefined;
}

export interface Connection {
  /** As of the last event from the engine. */
  readonly info: ModelInfo;
  /** Sends one call and waits for its result. Rejects with a PoolingError; an abort rejects at once, and the engine stops when it can. */
  call<T>(send: (engine: EngineApi, id: number) => Promise<WireResult<T>>, hooks: CallHooks): Promise<T>;
  dispose(): Promise<void>;
}

/** The calls that are under way: gives them ids, brings events to them, and ends them all when the engine is gone. */
export class OpenCalls {
  #nextId = 1;
  readonly #open = new Map<number, { hooks: CallHooks; fail: (error: PoolingError) => void }>();

  /** The engine may still be starting: an abort and `failAll` are heard in that time too. */
  async run<T>(
    starting: Promise<EngineApi>,
    send: (engine: EngineApi, id: number) => Promise<WireResult<T>>,
    hooks: CallHooks,
  ): Promise<T> {
    const { signal } = hooks;
    throwIfAborted(signal);
    const id = this.#nextId++;
    let onAbort = () => {};
    try {
      return await new Promise<T>((resolve, reject) => {
        const call = async () => {
          const engine = await starting;
          if (!this.#open.has(id)) return;
          const result = await send(engine, id);
          if (result.ok) resolve(result.value);
          else reject(fromWire(result.error));
        };
        onAbort = () => {
          reject(abortError(signal!));
          // The engine may be gone; then there is nothing to cancel.
          starting.then((engine) => engine.cancel(id)).catch(() => {});
        };
        this.#open.set(id, { hooks, fail: reject });
        signal?.addEventListener('abort', onAbort, { once: true });
        call().catch(reject);
      });
    } finally {
      signal?.removeEventListener('abort', onAbort);
      this.#open.delete(id);
    }
  }

  /** Progress goes to its call, if that still waits. Events that belong to no call are the connection's. */
  dispatch(event: EngineEvent): void {
    if (event.kind === 'call-progress') notify(this.#open.get(event.call)?.hooks.onProgress, event.progress);
    if (event.kind === 'load-progress') notify(this.#open.get(event.call)?.hooks.onLoadProgress, event.progress);
  }

  failAll(error: PoolingError): void {
    for (const { fail } of this.#open.values()) fail(error);
    this.#open.clear();
  }
}

/** Rejections of this kind say that the engine's realm cannot go on. */
export class FatalError extends PoolingError {}

/** An error that crossed as a value, as an error again. */
export function fromWire({ code, message, cause, fatal }: WireError): PoolingError {
  const options = cause === null ? undefined : { cause };
  return fatal ? new FatalError(code, message, options) : new PoolingError(code, message, options);
}
