/** Work that may throw -> a result that never does, since only plain data survives the way out of a worker. */
import { asPoolingError } from '../errors.ts';
import type { WireResult } from '../wire/protocol.ts';

export async function settled<T>(work: () => Promise<T>): Promise<WireResult<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    const { code, message, cause } = asPoolingError(error, 'runtime-failed', 'The engine failed');
    return { ok: false, error: { code, message, cause: cause === undefined ? null : String(cause), fatal: isFatal(error) } };
  }
}

/**
 * WebAssembly traps, Emscripten aborts and a failed start leave ORT in a state that nothing in this realm can mend ("previous call to
 * 'initWasm()' failed.").
 */
function isFatal(error: unknown): boolean {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if (at instanceof WebAssembly.RuntimeError) return true;
    if (/memory access out of bounds|Aborted\(|initWasm|no available backend/.test(at.message)) return true;
  }
  return false;
}
