/**
 * Deno hands messages on within a realm before it looks at the network, so that a long computation, which pauses by a message after each batch,
 * would keep every other client, /health and signals waiting for its end. Timers let the network in.
 */
export function pauseByTimers(): void {
  if ((process.versions as { deno?: string }).deno === undefined) return;
  Object.defineProperty(globalThis, 'MessageChannel', { value: TimerChannel, configurable: true, writable: true });
}

/** As much of a MessageChannel as src/pause.ts uses. */
class TimerChannel {
  readonly port1 = { onmessage: null as (() => void) | null, close() {} };
  readonly port2 = { postMessage: () => void setTimeout(() => this.port1.onmessage?.(), 0) };
}
