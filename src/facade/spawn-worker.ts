/** Nothing -> a worker that answers. The only `new Worker` of the package, and the only place where one ends, however that comes. */
import { releaseProxy, transfer, wrap, type Remote } from 'comlink';
import { asPoolingError, PoolingError } from '../errors.ts';
import type { WorkerOptions } from '../types.ts';
import type { EngineApi, EngineEvent, WirePrompt, WorkerReady } from '../wire/protocol.ts';
import type { EngineClient } from './connection.ts';
import { packPrompts } from './pack-prompts.ts';

export interface LiveWorker {
  /** Resolves once the worker listens. Never rejects: `onEnd` tells of a worker that does not. */
  engine: Promise<EngineClient>;
  /** Ends the worker now. Idempotent. */
  end(error: PoolingError): void;
}

interface WorkerListeners {
  onEvent(event: EngineEvent): void;
  /** The worker is no more: it died, did not start, or was ended. Called once, with what those who wait for it are to be told. */
  onEnd(error: PoolingError): void;
}

const HANDSHAKE_TIMEOUT = 30_000;

/**
 * The literal `new Worker(new URL('./worker.js', import.meta.url), …)` is what bundlers look for, so it has to reach dist/index.js as it
 * stands; worker.js lies beside that file, not beside this one. The second worker has the runtime without WebGPU, which is half as large.
 */
export function defaultWorker(withWebGpu: boolean): Worker {
  return withWebGpu
    ? new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })
    : new Worker(new URL('./worker-wasm.js', import.meta.url), { type: 'module' });
}

export function spawnWorker(make: () => Worker, { workerTimeout }: WorkerOptions, { onEvent, onEnd }: WorkerListeners): LiveWorker {
  const worker = made(make);
  const life = new AbortController();
  const { signal } = life;
  const end = (error: PoolingError) => {
    if (signal.aborted) return;
    worker.terminate();
    life.abort();
    onEnd(error);
  };
  let started = false;
  const die = (reason: string) =>
    end(new PoolingError('worker-crashed', started ? diedOf(reason) : `The worker did not start (${reason}). ${HOSTING_HINT}`));
  watchErrors(worker, signal, die);
  const limit = workerTimeout ?? HANDSHAKE_TIMEOUT;
  const late = () => end(new PoolingError('worker-timeout', `The worker did not answer within ${limit} ms. ${HOSTING_HINT}`));
  const timer = limit === Infinity ? undefined : setTimeout(late, limit);
  signal.addEventListener('abort', () => clearTimeout(timer));
  const engine = ready(worker, signal).then((lock) => {
    clearTimeout(timer);
    started = true;
    watchLock(lock, signal, die);
    worker.addEventListener('message', ({ data }: MessageEvent<EngineEvent | { kind?: never } | null>) => data?.kind && onEvent(data), {
      signal,
    });
    const remote = wrap<EngineApi>(worker);
    signal.addEventListener('abort', () => remote[releaseProxy]());
    return client(remote);
  });
  return { engine, end };
}

/** Of a worker that was at work. */
export function diedOf(reason: string): string {
  return `The worker died (${reason}). A new one is started for the next call.`;
}

function client(remote: Remote<EngineApi>): EngineClient {
  // Offsets are counted in the text itself, which a packed one no longer is; and what has tokens to count is not long.
  const packed = <Request extends { prompts: readonly WirePrompt[]; offsets: boolean }>(request: Request): Request => {
    if (request.offsets) return request;
    const { prompts, buffers } = packPrompts(request.prompts);
    return transfer({ ...request, prompts }, buffers);
  };
  return {
    load: (call, request) => remote.load(call, request),
    pool: (call, request) => remote.pool(call, packed(request)),
    score: (call, request) => remote.score(call, request),
    tokenize: (call, request) => remote.tokenize(call, packed(request)),
    detokenize: (call, ids) => remote.detokenize(call, ids),
    applyChatTemplate: (call, request) => remote.applyChatTemplate(call, request),
    cancel: (call) => remote.cancel(call),
    dispose: () => remote.dispose(),
  };
}

/** A script of another origin, or a content security policy, makes the constructor itself throw. */
function made(make: () => Worker): Worker {
  try {
    return make();
  } catch (error) {
    throw asPoolingError(error, 'worker-crashed', `The worker could not be made. ${HOSTING_HINT}`);
  }
}

/** The lock that the worker holds, once it listens. */
function ready(worker: Worker, signal: AbortSignal): Promise<string | null> {
  return new Promise((resolve) => {
    worker.addEventListener(
      'message',
      ({ data }: MessageEvent<Partial<WorkerReady> | null>) => data?.kind === 'ready' && resolve(data.lock ?? null),
      { signal },
    );
  });
}

const HOSTING_HINT = 'Its script and the .wasm file beside it must be served from this origin; see the option `worker`.';

function watchErrors(worker: Worker, signal: AbortSignal, die: (reason: string) => void): void {
  // A script that cannot be loaded gives an error event with an empty message.
  worker.addEventListener('error', (event) => die((event as ErrorEvent).message || 'its script could not be loaded'), { signal });
  worker.addEventListener('messageerror', () => die('a message could not be read'), { signal });
}

/**
 * A worker that is killed, or runs out of memory, fires no event. It holds a lock all its life; the browser gives the lock on when the
 * worker is gone, however it went. Where there are no locks (plain http), only error events tell.
 */
function watchLock(lock: string | null, signal: AbortSignal, die: (reason: string) => void): void {
  // Rejects once the worker was ended otherwise.
  if (lock !== null) navigator.locks.request(lock, { signal }, () => die('it was terminated')).catch(() => {});
}
