/**
 * One error class for the whole package. `code` is a closed union, so callers can `switch` on it; `cause` keeps what went wrong below.
 * Messages say what, which value, and what to do. Where vLLM has a text for the same fault, it is vLLM's, word for word.
 */
export const errorCodes = [
  'invalid-input', // a prompt, its type, or a token id that the model cannot take
  'invalid-option', // an option that does not exist, or a value outside its range
  'input-too-long', // more tokens than the model (or max_embed_len) takes
  'too-many-tokens', // more of them in one call than its maxTotalTokens
  'unsupported-model', // the model's files ask for something rockpool cannot compute
  'unsupported-task', // the method is not one this model serves
  'model-file-missing', // 404, or no such file in the folder
  'model-file-invalid', // present, but not what it should be (broken JSON, corrupt ONNX)
  'integrity-mismatch', // SHA-256 of a file differs from the one asked for
  'download-failed', // network error, HTTP error, or a body cut short, after every retry
  'webgpu-unavailable', // device 'webgpu' was asked for and there is none
  'webgpu-wrong-results', // device 'webgpu' was asked for and failed the self-check
  'device-lost', // the GPU device was lost again and again
  'non-finite-output', // the model answered NaN or infinity
  'runtime-failed', // onnxruntime-web failed in a way this realm cannot recover from
  'worker-crashed', // the worker died; a new one is started for the next call
  'worker-timeout', // the worker did not answer the handshake in time
  'unauthorized', // a remote server refused the key
  'overloaded', // a remote server had no room, after every retry
  'server-error', // a remote server failed, or answered what cannot be right
  'model-mismatch', // two models that were to stand in for each other give other vectors
  'storage-unavailable', // no OPFS, IndexedDB or Web Locks here, or they failed
  'storage-full', // the browser gives this origin no more room
  'index-missing', // no index is stored under this name, or it was deleted
  'index-invalid', // a stored or exported index that is damaged, or of a newer version of rockpool
  'aborted', // the caller's AbortSignal
  'disposed', // the call came after dispose(), or dispose() came during the call
] as const;

export type ErrorCode = (typeof errorCodes)[number];

export class PoolingError extends Error {
  /** By what it is, not by who made it: each entry of the package has a copy of this class. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    if (this !== PoolingError) return Function.prototype[Symbol.hasInstance].call(this, value);
    return value instanceof Error && value.name === 'PoolingError';
  }

  override readonly name = 'PoolingError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** A caller's value as a message shows it. Not every value has JSON, and NaN has that of null. */
export function shown(value: unknown): string {
  try {
    return (typeof value !== 'number' && JSON.stringify(value)) || String(value);
  } catch {
    return typeof value === 'bigint' ? `${value}n` : typeof value;
  }
}

/** What was thrown need not be an Error. */
export function messageOf(error: unknown): string {
  return String((error as Error | null | undefined)?.message ?? error);
}

/** The error as it is, if it is ours already; else wrapped under `code` with `message` in front of the original text. */
export function asPoolingError(error: unknown, code: ErrorCode, message: string): PoolingError {
  if (error instanceof PoolingError) return error;
  return new PoolingError(code, `${message}: ${messageOf(error)}`, { cause: error });
}

/** Throws `aborted` if the signal has fired; `cause` is the signal's reason. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw abortError(signal);
}

export function abortError(signal: AbortSignal): PoolingError {
  return new PoolingError('aborted', 'The call was aborted by its AbortSignal.', { cause: signal.reason });
}
