/** vLLM's PoolingParams as given -> checked ones. Which dimensions a model allows is the engine's to say. */
import { PoolingError } from '../errors.ts';
import type { PoolingParams } from '../types.ts';
import type { PoolTask } from '../wire/protocol.ts';

const KNOWN = ['dimensions', 'normalize'] as const;

/** One for all prompts, or a list as long as the prompts. */
export function asPoolingParams(
  given: PoolingParams | readonly PoolingParams[] | undefined,
  prompts: number,
  task: PoolTask,
): PoolingParams | PoolingParams[] {
  if (!Array.isArray(given)) return check((given ?? {}) as PoolingParams, task);
  if (given.length !== prompts) throw new PoolingError('invalid-option', 'The lengths of prompts and params must be the same.');
  return Array.from(given as readonly PoolingParams[], (params) => check(params ?? {}, task));
}

function check(params: PoolingParams, task: PoolTask): PoolingParams {
  const unknown = Object.keys(params).filter((key) => !KNOWN.includes(key as (typeof KNOWN)[number]));
  if (unknown.length > 0) {
    const list = (names: readonly string[]) => `[${names.map((name) => `'${name}'`).join(', ')}]`;
    throw new PoolingError(
      'invalid-option',
      `Task ${task} only supports ${list(KNOWN)} parameters, does not support ${list(unknown)} parameters`,
    );
  }
  const { normalize, dimensions } = params;
  if (dimensions !== undefined && dimensions !== null && typeof dimensions !== 'number') {
    throw new PoolingError('invalid-option', `dimensions must be a number or null, got ${typeof dimensions}.`);
  }
  if (normalize !== undefined && normalize !== null && typeof normalize !== 'boolean') {
    throw new PoolingError('invalid-option', `normalize must be true, false or null, got ${String(normalize)}.`);
  }
  return { ...params };
}
