/** A Connection to an engine in a worker. A worker that dies fails the calls it had, and a new one is started for those to come. */
import { asPoolingError, PoolingError, throwIfAborted } from '../errors.ts';
import type { LogEntry, ModelInfo, WorkerOptions } from '../types.ts';
import type { EngineEvent, LoadRequest, WireResult } from '../wire/protocol.ts';
import { FatalError, notify, OpenCalls, type CallHooks, type Connection, type EngineClient } from './connection.ts';
import { defaultWorker, spawnWorker, type LiveWorker } from './spawn-worker.ts';

export async function connectWorker(
  request: LoadRequest,
  options: WorkerOptions,
  hooks: CallHooks,
  onLog: (entry: LogEntry) => void,
): Promise<Connection> {
  const connection = new WorkerConnection(request, options, onLog);
  try {
    await connection.start(hooks);
  } catch (error) {
    await connection.dispose();
    throw error;
  }
  return connection;
}

class WorkerConnection implements Connection {
  readonly #request: LoadRequest;
  readonly #options: WorkerOptions;
  readonly #onLog: (entry: LogEntry) => void;
  readonly #calls = new OpenCalls();
  readonly #end = new AbortController();
  /** The worker with its model loaded; rejects if that failed, and then the next call tries again. */
  #live: Promise<LiveWorker> | null = null;
  /** The worker that has the model: one that dies before it does is not replaced, or a model that kills its worker would do so for ever. */
  #loaded: LiveWorker | null = null;
  #info: ModelInfo | undefined;

  constructor(request: LoadRequest, options: WorkerOptions, onLog: (entry: LogEntry) => void) {
    this.#request = request;
    this.#options = options;
    this.#onLog = onLog;
  }

  get info(): ModelInfo {
    return this.#info!;
  }

  start(hooks: CallHooks): Promise<LiveWorker> {
    const live = this.#open(hooks);
    this.#live = live;
    live.catch(() => {
      if (this.#live === live) this.#live = null;
    });
    return live;
  }

  async call<T>(send: (engine: EngineClient, id: number) => Promise<WireResult<T>>, hooks: CallHooks): Promise<T> {
    this.#throwIfDisposed();
    throwIfAborted(hooks.signal);
    const live = this.#live ?? this.start({});
    try {
      return await this.#calls.run(live, send, hooks);
    } catch (error) {
      if (error instanceof FatalError) this.#bury(await live, error.message);
      throw callError(error);
    }
  }

  dispose(): Promise<void> {
    this.#calls.failAll(new PoolingError('disposed', 'The LLM was disposed during the call.'));
    // Ends every worker, whichever phase it is in.
    this.#end.abort();
    return Promise.resolve();
  }

  async #open(hooks: CallHooks): Promise<LiveWorker> {
    this.#throwIfDisposed();
    throwIfAborted(hooks.signal);
    const withWebGpu = this.#request.device !== 'wasm' && 'gpu' in navigator;
    const make = this.#options.worker ?? (() => defaultWorker(withWebGpu));
    const given = AbortSignal.any([this.#end.signal, ...(hooks.signal ? [hooks.signal] : [])]);
    const spawning = spawnWorker(make, this.#options, (event) => this.#onEvent(event), given);
    // The load call below tells of a failure, unless it was aborted before.
    spawning.then((worker) => worker.death.then((reason) => this.#bury(worker, reason))).catch(() => {});
    try {
      this.#info = await this.#calls.run(spawning, (engine, id) => engine.load(id, this.#request), hooks);
      return (this.#loaded = await spawning);
    } catch (error) {
      // Perhaps it is still being made.
      spawning.then((worker) => worker.end()).catch(() => {});
      throw callError(error);
    }
  }

  #throwIfDisposed(): void {
    if (this.#end.signal.aborted) throw new PoolingError('disposed', 'The LLM was disposed.');
  }

  #onEvent(event: EngineEvent): void {
    if (event.kind === 'info') this.#info = event.info;
    else if (event.kind === 'log') notify(this.#onLog, event.entry);
    else this.#calls.dispatch(event);
  }

  /** Fails what the dead worker had in hand, and starts another if it had been at work. */
  #bury(worker: LiveWorker, reason: string): void {
    worker.end();
    if (this.#end.signal.aborted || (this.#loaded !== worker && this.#loaded !== null)) return;
    this.#calls.failAll(new PoolingError('worker-crashed', `The worker died (${reason}). A new one is started for the next call.`));
    if (this.#loaded === null) return;
    this.#loaded = null;
    notify(this.#onLog, { level: 'warning', message: `The worker died (${reason}). Starting another.` });
    this.start({}).catch(() => {});
  }
}

/** A function in an option fails the posting of the message; anything else that is not an answer of the engine is the worker's end. */
function callError(error: unknown): PoolingError {
  const unclonable = error instanceof DOMException && error.name === 'DataCloneError';
  return unclonable
    ? asPoolingError(error, 'invalid-option', 'An option cannot cross to the worker')
    : asPoolingError(error, 'worker-crashed', 'The worker failed');
}
