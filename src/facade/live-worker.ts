/**
 * A way to make a worker -> one that answers. The only door to comlink on the caller's side, and the only place where a worker ends,
 * however that comes.
 */
import { releaseProxy, transfer, wrap, type Remote } from 'comlink';
import { asPoolingError, PoolingError } from '../errors.ts';
import { within } from '../within.ts';
import type { WorkerReady } from '../wire/protocol.ts';

export { transfer, type Remote };

export interface LiveWorker<Api> {
  /** Resolves once the worker listens. Never rejects: `onEnd` tells of a worker that does not. */
  remote: Promise<Remote<Api>>;
  /** Ends the worker now. Idempotent. */
  end(error: PoolingError): void;
}

export interface WorkerListeners {
  /** What the worker posts beside the answers to calls. */
  onMessage?(data: unknown): void;
  /** The worker is no more: it died, did not start, or was ended. Called once, with what those who wait for it are to be told. */
  onEnd(error: PoolingError): void;
}

const HANDSHAKE_TIMEOUT = 30_000;

/** `limit`: milliseconds that it has to answer the handshake. */
export function liveWorker<Api>(
  make: () => Worker,
  { onMessage, onEnd }: WorkerListeners,
  limit: number = HANDSHAKE_TIMEOUT,
): LiveWorker<Api> {
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
  const remote = new Promise<Remote<Api>>((resolve) => {
    const hear = ({ data }: MessageEvent) => {
      if ((data as WorkerReady | null)?.kind !== 'ready') return onMessage?.(data);
      started = true;
      watchLock((data as WorkerReady).lock, signal, die);
      const wrapped = wrap<Api>(worker);
      signal.addEventListener('abort', () => wrapped[releaseProxy]());
      resolve(wrapped);
    };
    worker.addEventListener('message', hear, { signal });
  });
  // Also when it has ended: then there is nothing to end any more.
  within(limit, signal, remote).catch(() =>
    end(new PoolingError('worker-timeout', `The worker did not answer within ${limit} ms. ${HOSTING_HINT}`)),
  );
  return { remote, end };
}

/** Of a worker that was at work. */
export function diedOf(reason: string): string {
  return `The worker died (${reason}). A new one is started for the next call.`;
}

/** A script of another origin, or a content security policy, makes the constructor itself throw. */
function made(make: () => Worker): Worker {
  try {
    return make();
  } catch (error) {
    throw asPoolingError(error, 'worker-crashed', `The worker could not be made. ${HOSTING_HINT}`);
  }
}

const HOSTING_HINT = 'Its script and the .wasm beside it must be of this origin; see the option `worker`.';

function watchErrors(worker: Worker, signal: AbortSignal, die: (reason: string) => void): void {
  // A script that cannot be loaded gives an error event with an empty message.
  worker.addEventListener('error', (event) => die((event as ErrorEvent).message || 'its script could not be loaded'), { signal });
  worker.addEventListener('messageerror', () => die('a message could not be read'), { signal });
}

/**
 * A worker that is killed, or runs out of memory, fires no event. It holds a lock all its life; the browser gives the lock on when the
 * worker is gone, however it went. Where there are no locks (plain http), only error events tell. So it is where nobody holds the lock while
 * the worker says that it does: after `Clear-Site-Data` the locks of a page and those of its new workers are other ones (Chromium).
 */
function watchLock(lock: string | null, signal: AbortSignal, die: (reason: string) => void): void {
  // Rejects once the worker was ended otherwise.
  if (lock)
    navigator.locks
      .request(lock, { ifAvailable: true }, (free) => free ?? navigator.locks.request(lock, { signal }, () => die('it was terminated')))
      .catch(() => {});
}
