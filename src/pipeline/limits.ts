/** Token count of an input -> fine, chunk it, or an error in vLLM's words. */
import { PoolingError } from '../errors.ts';
import type { ModelSpec } from '../model/model-spec.ts';
import type { Task } from '../types.ts';

type Limits = Pick<ModelSpec, 'maxModelLen' | 'maxEmbedLen' | 'enableChunkedProcessing'>;

/** The longest input `embed` takes. Infinity: chunking is on and nothing bounds it. */
export function maxEmbedLen(limits: Limits): number {
  return limits.maxEmbedLen ?? (limits.enableChunkedProcessing ? Infinity : limits.maxModelLen);
}

/** The longest input that `needsChunks` lets through: only `embed` ever chunks. */
export function mostTokens(task: Task, limits: Limits): number {
  if (task !== 'embed') return limits.maxModelLen;
  return limits.enableChunkedProcessing ? maxEmbedLen(limits) : Math.min(maxEmbedLen(limits), limits.maxModelLen);
}

/**
 * True if an input of `tokens` has to be cut into chunks: only `embed` ever is. Texts: vLLM 0.10.1 `_validate_input`, and its engine for
 * the other tasks.
 */
export function needsChunks(tokens: number, task: Task, limits: Limits): boolean {
  const { maxModelLen } = limits;
  if (tokens === 0) throw new PoolingError('invalid-input', 'The decoder prompt cannot be empty');
  if (task !== 'embed') {
    if (tokens <= maxModelLen) return false;
    throw new PoolingError(
      'input-too-long',
      `The decoder prompt (length ${tokens}) is longer than the maximum model length of ${maxModelLen}. Make sure that \`max_model_len\` is no smaller than the number of text tokens.`,
    );
  }
  const limit = maxEmbedLen(limits);
  if (tokens > limit) {
    const kind = limits.maxEmbedLen === null ? 'maximum context length' : 'maximum embedding input length';
    throw tooLong(kind, limit, tokens, 'reduce the length of the input');
  }
  if (tokens > maxModelLen && !limits.enableChunkedProcessing) {
    throw tooLong('maximum position embeddings length', maxModelLen, tokens, 'reduce the length of the input or enable chunked processing');
  }
  return tokens > maxModelLen;
}

function tooLong(kind: string, limit: number, tokens: number, remedy: string): PoolingError {
  return new PoolingError(
    'input-too-long',
    `This model's ${kind} is ${limit} tokens. However, you requested ${tokens} tokens in the input for embedding generation. Please ${remedy}.`,
  );
}
