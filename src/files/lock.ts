/** One at a time per name, over all tabs and workers where Web Locks exist, else within this realm. */
import { throwIfAborted } from '../errors.ts';
import { within } from '../within.ts';

/** Runs `work` when its turn comes. The abort signal ends the waiting, not the work. */
export async function withLock<T>(name: string, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  const locks = (globalThis as { navigator?: { locks?: LockManager } }).navigator?.locks;
  if (locks === undefined) return inTurn(name, signal, work);
  let entered = false;
  const enter = () => {
    entered = true;
    return work();
  };
  try {
    return await (signal ? locks.request(name, { signal }, enter) : locks.request(name, enter));
  } catch (error) {
    if (entered) throw error;
    throwIfAborted(signal);
    // Locks are there but forbidden: sandboxed frames.
    return inTurn(name, signal, work);
  }
}

const turns = new Map<string, Promise<unknown>>();

async function inTurn<T>(name: string, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  const before = turns.get(name) ?? Promise.resolve();
  const { promise: mine, resolve: done } = withResolvers();
  const tail = before.then(() => mine);
  turns.set(name, tail);
  try {
    await within(Infinity, signal, before);
    return await work();
  } finally {
    done();
    if (turns.get(name) === tail) turns.delete(name);
  }
}

/** Promise.withResolvers is younger than browsers that have WebGPU. */
function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve!: () => void;
  const promise = new Promise<void>((settle) => (resolve = settle));
  return { promise, resolve };
}
