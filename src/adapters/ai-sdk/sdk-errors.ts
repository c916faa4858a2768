/**
 * Errors in the AI SDK's classes. It knows them by symbols of the global registry, not by class, so that copies of its packages understand each
 * other; so these need none of its packages.
 */
import { isPassing } from '../failures.ts';

const marked = (name: string) => ({ [Symbol.for('vercel.ai.error')]: true, [Symbol.for(`vercel.ai.error.${name}`)]: true });

/** The one error that the SDK tries again, up to `maxRetries` times: `APICallError.isInstance(error)`. `cause` is the PoolingError. */
function retryableError(cause: Error, modelId: string): Error {
  // Without the texts: an error is logged, and they are the user's.
  const fields = { url: `rockpool:${modelId}`, requestBodyValues: {}, isRetryable: true };
  return Object.assign(new Error(cause.message, { cause }), { name: 'AI_APICallError', ...fields, ...marked('AI_APICallError') });
}

/** `NoSuchModelError.isInstance(error)`. */
export function noSuchModel(modelId: string, modelType: string, why: string): Error {
  const fields = { name: 'AI_NoSuchModelError', modelId, modelType };
  return Object.assign(new Error(`No such ${modelType}: ${modelId}. ${why}`), fields, marked('AI_NoSuchModelError'));
}

/**
 * A call for the SDK: what passes is retryable, the caller's mistakes are final PoolingErrors, and an abort is the signal's own reason, as `fetch`
 * has it.
 */
export async function called<T>(call: Promise<T>, modelId: string, signal: AbortSignal | undefined): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    throw isPassing(error) ? retryableError(error, modelId) : error;
  }
}
