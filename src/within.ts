/** Waiting that always ends: with the work, at the time limit, or at the caller's abort. */
import { abortError } from './errors.ts';

/** The work took too long. */
export class TimedOut extends Error {
  override readonly name = 'TimedOut';
}

/** The work's outcome, if it comes in time. The work itself is not stopped: that is its owner's task. */
export function within<T>(ms: number, signal: AbortSignal | undefined, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = (settle: () => void) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      settle();
    };
    const onAbort = () => end(() => reject(abortError(signal as AbortSignal)));
    const late = () => end(() => reject(new TimedOut(`nothing came for ${ms / 1000} s`)));
    // A timer of more than 31 bits goes off at once.
    const timer = ms <= 2 ** 31 - 1 ? setTimeout(late, ms) : undefined;
    work.then(
      (value) => end(() => resolve(value)),
      (error: unknown) => end(() => reject(error)),
    );
    if (signal?.aborted) onAbort();
    else signal?.addEventListener('abort', onAbort, { once: true });
  });
}

export function delay(ms: number, signal: AbortSignal | undefined): Promise<void> {
  let timer: ReturnType<typeof setTimeout>;
  const rest = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
  return within(Infinity, signal, rest).finally(() => clearTimeout(timer));
}

/** Runs tasks side by side. At the first failure the others are told to stop and waited for; then it is thrown. */
export async function allOrNone<T extends readonly unknown[]>(
  signal: AbortSignal | undefined,
  tasks: { readonly [K in keyof T]: (signal: AbortSignal) => Promise<T[K]> },
): Promise<T> {
  const controller = new AbortController();
  const onAbort = () => controller.abort(signal?.reason);
  if (signal?.aborted) onAbort();
  signal?.addEventListener('abort', onAbort, { once: true });
  let failure: { error: unknown } | null = null;
  const running = (tasks as readonly ((signal: AbortSignal) => Promise<unknown>)[]).map((task) =>
    task(controller.signal).catch((error: unknown) => {
      failure ??= { error };
      controller.abort(error);
    }),
  );
  const results = await Promise.all(running);
  signal?.removeEventListener('abort', onAbort);
  if (failure !== null) throw (failure as { error: unknown }).error;
  return results as unknown as T;
}
