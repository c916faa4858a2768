/** A Connection to an engine in a worker. A worker that dies fails the calls it had, and a new one is started for those to come. */
import { asPoolingError, PoolingError, throwIfAborted } from '../errors.ts';
import type { LogEntry, ModelInfo, WorkerOptions } from '../types.ts';
import type { EngineApi, EngineEvent, LoadRequest, WireResult } from '../wire/protocol.ts';
import { FatalError, OpenCalls, type CallHooks, type Connection } from './connection.ts';
import { notify } from './listeners.ts';
import { diedOf } from './live-worker.ts';
import { defaultWorker, spawnWorker, type EngineWorker } from './spawn-worker.ts';

export async function connectWorker(
  request: LoadRequest,
  options: WorkerOptions,
  hooks: CallHooks,
  onLog: (entry: LogEntry) => void,
): Promise<Connection> {
  throwIfAborted(hooks.signal);
  const connection = new WorkerConnection(request, options, onLog);
  await connection.start(hooks).engine;
  return connection;
}

/** The one worker there is. */
interface Current {
  worker: EngineWorker;
  /** Resolves once the worker has its model. */
  engine: Promise<EngineApi>;
}

class WorkerConnection implements Connection {
  readonly #request: LoadRequest;
  readonly #options: WorkerOptions;
  readonly #onLog: (entry: LogEntry) => void;
  readonly #calls = new OpenCalls();
  /** Null once it has ended and no other was started: then the next call tries again. */
  #current: Current | null = null;
  /** Whether it had its model: one that ends before is not replaced, or a model that kills its worker would do so for ever. */
  #loaded = false;
  #disposed = false;
  #info: ModelInfo | undefined;

  constructor(request: LoadRequest, options: WorkerOptions, onLog: (entry: LogEntry) => void) {
    this.#request = request;
    this.#options = options;
    this.#onLog = onLog;
  }

  get info(): ModelInfo {
    return this.#info!;
  }

  /** `hooks` are the load's: once it is done their signal means nothing to the worker. */
  start(hooks: CallHooks): Current {
    const withWebGpu = this.#request.device !== 'wasm' && 'gpu' in navigator;
    const make = this.#options.worker ?? (() => defaultWorker(withWebGpu));
    const worker = spawnWorker(make, this.#options, {
      onEvent: (event) => this.#onEvent(event),
      onEnd: (error) => this.#onEnd(error),
    });
    this.#loaded = false;
    this.#current = { worker, engine: this.#load(worker, hooks) };
    // Who waits for it hears of a failure by `onEnd`.
    this.#current.engine.catch(() => {});
    return this.#current;
  }

  async call<T>(send: (engine: EngineApi, id: number) => Promise<WireResult<T>>, hooks: CallHooks): Promise<T> {
    this.#throwIfDisposed();
    throwIfAborted(hooks.signal);
    const { worker, engine } = this.#current ?? this.start({});
    try {
      return await this.#calls.run(engine, send, hooks);
    } catch (error) {
      if (error instanceof FatalError) worker.end(new PoolingError('worker-crashed', diedOf(error.message)));
      throw callError(error);
    }
  }

  dispose(): Promise<void> {
    this.#disposed = true;
    this.#current?.worker.end(new PoolingError('disposed', 'The LLM was disposed during the call.'));
    return Promise.resolve();
  }

  async #load(worker: EngineWorker, hooks: CallHooks): Promise<EngineApi> {
    try {
      this.#info = await this.#calls.run(worker.engine, (engine, id) => engine.load(id, this.#request), hooks);
      this.#loaded = true;
      return await worker.engine;
    } catch (error) {
      worker.end(callError(error));
      throw callError(error);
    }
  }

  #throwIfDisposed(): void {
    if (this.#disposed) throw new PoolingError('disposed', 'The LLM was disposed.');
  }

  #onEvent(event: EngineEvent): void {
    if (event.kind === 'info') this.#info = event.info;
    else if (event.kind === 'log') notify(this.#onLog, event.entry);
    else this.#calls.dispatch(event);
  }

  /** Fails what waited for the worker, and starts another if this one had been at work. */
  #onEnd(error: PoolingError): void {
    this.#current = null;
    this.#calls.failAll(error);
    if (this.#disposed || !this.#loaded) return;
    notify(this.#onLog, { level: 'warning', message: error.message });
    try {
      this.start({});
    } catch {
      // The next call tries again, and says why there is none.
    }
  }
}

/** A function in an option fails the posting of the message; anything else that is not an answer of the engine is the worker's end. */
function callError(error: unknown): PoolingError {
  const isUnclonable = error instanceof DOMException && error.name === 'DataCloneError';
  if (isUnclonable) return asPoolingError(error, 'invalid-option', 'An option cannot cross to the worker');
  return asPoolingError(error, 'worker-crashed', 'The worker failed');
}
