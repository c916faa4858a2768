/** How callers are told: their own functions are called so that what these throw is nobody else's, and the console is the default. */
import type { LogEntry } from '../types.ts';

/**
 * Calls a listener of the caller's. What it throws is reported as uncaught, as by every EventTarget, and kept out of the engine, which would take
 * it for its own fault. In Node that ends the process unless it listens: the fault is in the caller's own code, and shows with the first call.
 * A server's requests are others', so there it is told on the console instead (server/guarded.ts).
 */
export function notify<T>(listener: ((value: T) => void) | undefined, value: T): void {
  try {
    listener?.(value);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}

export function logToConsole({ level, message }: LogEntry): void {
  console[level === 'warning' ? 'warn' : 'info'](`rockpool: ${message}`);
}
