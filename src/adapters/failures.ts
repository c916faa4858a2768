/** Errors of an LLM -> what a framework's retries should do. By name and code: the LLM is of another file, with a copy of the class of its own. */
import type { ErrorCode } from '../errors.ts';

/** The worker, the device or the server is made anew, or has room again. All others come again with the same call. */
const PASSING: readonly ErrorCode[] = ['worker-crashed', 'worker-timeout', 'device-lost', 'overloaded', 'server-error', 'download-failed'];

/** The code of a PoolingError; undefined for other values. */
export function codeOf(error: unknown): ErrorCode | undefined {
  const { name, code } = (error ?? {}) as { name?: unknown; code?: ErrorCode };
  return name === 'PoolingError' ? code : undefined;
}

/** Whether the same call may work a moment later. */
export function isPassing(error: unknown): boolean {
  return PASSING.includes(codeOf(error)!);
}
