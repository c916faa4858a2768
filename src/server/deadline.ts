/** A client's signal and a time limit -> one signal, and which of the two has fired. Its timer is cleared when the request is answered. */

export interface Deadline {
  signal: AbortSignal;
  /** The limit has passed. */
  isLate(): boolean;
  /** Fires the signal now. */
  abort(): void;
  clear(): void;
}

export function deadline(client: AbortSignal, ms: number): Deadline {
  const controller = new AbortController();
  let late = false;
  const onAbort = () => controller.abort(client.reason);
  const timer =
    ms === Infinity
      ? undefined
      : setTimeout(() => {
          late = true;
          controller.abort(new DOMException('The time limit has passed.', 'TimeoutError'));
        }, ms);
  if (client.aborted) onAbort();
  else client.addEventListener('abort', onAbort, { once: true });
  return {
    signal: controller.signal,
    isLate: () => late,
    abort: () => controller.abort(),
    clear() {
      clearTimeout(timer);
      client.removeEventListener('abort', onAbort);
    },
  };
}
