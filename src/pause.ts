/**
 * Lets waiting messages in (a cancel, another call) before work goes on. By a MessageChannel instead of a timer: browsers stretch nested
 * timers to 4 ms, which would cost a tenth of every small batch.
 */
export type Pause = () => Promise<void>;

/**
 * For any realm: a channel for each pause. One that stays open would keep Node's process alive, and workerd would take it for the property
 * of the request that opened it.
 */
export const pause: Pause = () => {
  // workerd before 2025 has none. A timer is no substitute there: it ends with the request that began it, and every later call would hang.
  if (typeof MessageChannel === 'undefined') return Promise.resolve();
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
};

/** For a browser's worker: one channel for all its life. A book takes ten thousand pauses, and dead channels wait for a garbage collection. */
export function pauseThroughOneChannel(): Pause {
  const { port1, port2 } = new MessageChannel();
  const waiting: (() => void)[] = [];
  port1.onmessage = () => waiting.shift()?.();
  return () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      port2.postMessage(null);
    });
}
