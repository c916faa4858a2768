/** Errors of an LLM -> what a framework's retries should do. */
import { PoolingError, type ErrorCode } from '../errors.ts';

/** The worker, the device or the server is made anew, or has room again. All others come again with the same call. */
const PASSING: readonly ErrorCode[] = ['worker-crashed', 'worker-timeout', 'device-lost', 'overloaded', 'server-error', 'download-failed'];

/** Whether the same call may work a moment later. */
export function isPassing(error: unknown): error is PoolingError {
  return error instanceof PoolingError && PASSING.includes(error.code);
}
