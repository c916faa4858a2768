/** A Connection to an engine in a worker. A worker that dies fails the calls it had, and a new one is started for those to come. */
import { asPoolingError, PoolingError } from '../errors.ts';
import type { LogEntry, ModelInfo, WorkerOptions } from '../types.ts';
import type { EngineEvent, LoadRequest } from '../wire/protocol.ts';
import { FatalError, OpenCalls, type CallHooks, type Connection, type EngineClient } from './connection.ts';
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
  /** The worker with its model loaded; rejects if that failed, and then the next call tries again. */
  #live: Promise<LiveWorker> | null = null;
  #workers = new Set<LiveWorker>();
  #info: ModelInfo | undefined;
  #disposed = false;

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

  async call<T>(send: Parameters<OpenCalls['run']>[1], hooks: CallHooks): Promise<T> {
    this.#throwIfDisposed();
    const worker = await (this.#live ?? this.start({}));
    // Perhaps meanwhile: this call was not yet among those that dispose() settled.
    this.#throwIfDisposed();
    try {
      return (await this.#calls.run(worker.engine, send, hooks)) as T;
    } catch (error) {
      if (error instanceof FatalError) this.#bury(worker, error.message);
      throw asPoolingError(error, 'worker-crashed', 'The worker failed');
    }
  }

  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#calls.failAll(new PoolingError('disposed', 'The LLM was disposed during the call.'));
    for (const worker of this.#workers) worker.end();
    this.#workers.clear();
  }

  async #open(hooks: CallHooks): Promise<LiveWorker> {
    const { device } = this.#request;
    const withWebGpu = device !== 'wasm' && 'gpu' in navigator;
    const worker = await spawnWorker(this.#options.worker ?? (() => defaultWorker(withWebGpu)), this.#options, (event) =>
      this.#onEvent(event),
    );
    this.#workers.add(worker);
    if (this.#disposed) worker.end();
    this.#throwIfDisposed();
    void worker.death.then((reason) => this.#bury(worker, reason));
    try {
      this.#info = await this.#calls.run(worker.engine, (engine: EngineClient, id) => engine.load(id, this.#request), hooks);
      return worker;
    } catch (error) {
      this.#workers.delete(worker);
      worker.end();
      throw asPoolingError(error, 'worker-crashed', 'The worker failed');
    }
  }

  #throwIfDisposed(): void {
    if (this.#disposed) throw new PoolingError('disposed', 'The LLM was disposed.');
  }

  #onEvent(event: EngineEvent): void {
    if (event.kind === 'info') this.#info = event.info;
    else if (event.kind === 'log') this.#onLog(event.entry);
    else this.#calls.dispatch(event);
  }

  /** Fails what the dead worker had in hand, and starts another, unless it died while it was being loaded: then that call fails. */
  #bury(worker: LiveWorker, reason: string): void {
    if (!this.#workers.delete(worker) || this.#disposed) return;
    worker.end();
    this.#live = null;
    this.#calls.failAll(new PoolingError('worker-crashed', `The worker died (${reason}). A new one is started for the next call.`));
    if (!this.#info) return;
    this.#onLog({ level: 'warning', message: `The worker died (${reason}). Starting another.` });
    this.start({}).catch(() => {});
  }
}
