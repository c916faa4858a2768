/**
 * The pause of this runtime. Deno hands messages on before it looks at the network, and Node and Bun hardly look at it between two of them: a
 * long computation that pauses by messages would keep a server's other clients, /health and signals waiting for its end.
 */
import { pause, type Pause } from '../pause.ts';

interface Runtime {
  Deno?: unknown;
  process?: { versions?: { node?: string } };
  navigator?: { userAgent?: string };
  setImmediate?: (callback: () => void) => unknown;
}

export function pauseOf(runtime: Runtime): Pause {
  const { setImmediate } = runtime;
  if (runtime.Deno !== undefined) return () => new Promise((resolve) => setTimeout(resolve, 0));
  // workerd says that it is Node, where it is asked to; its timers end with the request that set them, and every later call would hang.
  const node = runtime.process?.versions?.node !== undefined && runtime.navigator?.userAgent !== 'Cloudflare-Workers';
  return node && setImmediate ? () => new Promise((resolve) => void setImmediate(resolve)) : pause;
}
