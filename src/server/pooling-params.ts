/** The switches of a request, in vLLM's older and newer names -> the engine's PoolingParams. */
import type { PoolingParams } from '../types.ts';

interface Switches {
  dimensions?: number | null | undefined;
  normalize?: boolean | null | undefined;
  activation?: boolean | null | undefined;
  softmax?: boolean | null | undefined;
  use_activation?: boolean | null | undefined;
}

/** Only those that are set: the engine refuses what its task does not have, by name. */
export function poolingParamsOf(fields: Switches): PoolingParams {
  const names = ['dimensions', 'normalize', 'activation', 'softmax', 'use_activation'] as const;
  return Object.fromEntries(names.filter((name) => fields[name] != null).map((name) => [name, fields[name]]));
}
