/** Nothing -> a worker that answers. The only `new Worker` of the package, and what becomes of one that never starts. */
import { releaseProxy, transfer, wrap, type Remote } from 'comlink';
import { abortError, asPoolingError, PoolingError } from '../errors.ts';
import type { WorkerOptions } from '../types.ts';
import type { EngineApi, EngineEvent, WirePrompt, WorkerReady } from '../wire/protocol.ts';
import type { EngineClient } from './connection.ts';
import { packPrompts } from './pack-prompts.ts';

export interface LiveWorker {
  engine: EngineClient;
  /** Resolves, with what is known of the reason, when the worker is no more. Never rejects. */
  death: Promise<string>;
  /** Ends the worker now. Idempotent; `death` does not fire for it. */
  end(): void;
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

/** `given` ends the worker, in the handshake or later. */
export async function spawnWorker(
  make: () => Worker,
  options: WorkerOptions,
  onEvent: (event: EngineEvent) => void,
  given: AbortSignal,
): Promise<LiveWorker> {
  const worker = made(make);
  const end = new AbortController();
  const { signal } = end;
  signal.addEventListener('abort', () => worker.terminate());
  given.addEventListener('abort', () => end.abort(), { signal });
  const failure = watchErrors(worker, signal);
  try {
    const lock = await firstOf(ready(worker, signal), failure, options.workerTimeout ?? HANDSHAKE_TIMEOUT, signal);
    worker.addEventListener('message', ({ data }: MessageEvent<EngineEvent | { kind?: never } | null>) => data?.kind && onEvent(data), {
      signal,
    });
    const remote = wrap<EngineApi>(worker);
    signal.addEventListener('abort', () => remote[releaseProxy]());
    return { engine: client(remote), death: Promise.race([failure, released(lock, signal)]), end: () => end.abort() };
  } catch (error) {
    end.abort();
    throw error;
  }
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

async function firstOf<T>(answer: Promise<T>, failure: Promise<string>, limit: number, signal: AbortSignal): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    return await Promise.race([
      answer,
      failure.then((reason) => {
        throw new PoolingError('worker-crashed', `The worker did not start (${reason}). ${HOSTING_HINT}`);
      }),
      new Promise<never>((_, reject) => {
        const late = () => reject(new PoolingError('worker-timeout', `The worker did not answer within ${limit} ms. ${HOSTING_HINT}`));
        if (limit !== Infinity) timer = setTimeout(late, limit);
        signal.addEventListener('abort', () => reject(abortError(signal)));
      }),
    ]);
  } finally {
    clearTimeout(timer);
  }
}

const HOSTING_HINT = 'Its script and the .wasm file beside it must be served from this origin; see the option `worker`.';

function watchErrors(worker: Worker, until: AbortSignal): Promise<string> {
  return new Promise((resolve) => {
    // A script that cannot be loaded gives an error event with an empty message.
    worker.addEventListener('error', (event) => resolve((event as ErrorEvent).message || 'its script could not be loaded'), {
      signal: until,
    });
    worker.addEventListener('messageerror', () => resolve('a message could not be read'), { signal: until });
  });
}

/**
 * A worker that is killed, or runs out of memory, fires no event. It holds a lock all its life; the browser gives the lock on when the
 * worker is gone, however it went. Where there are no locks (plain http), only error events tell.
 */
function released(lock: string | null, until: AbortSignal): Promise<string> {
  return new Promise((resolve) => {
    // Rejects when the worker is ended by us, which is no death.
    if (lock !== null) navigator.locks.request(lock, { signal: until }, () => resolve('it was terminated')).catch(() => {});
  });
}
