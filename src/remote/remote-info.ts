/** What a server says of itself -> ModelInfo, with what it does not say left open. */
import type { ModelInfo } from '../types.ts';
import { tasksOf, type Served } from './dialect.ts';
import type { RequestLimits } from './request-limits.ts';

/** `maxModelLen`: the caller's word, for a server that does not say it. Its longest input is still not known. */
export function remoteInfo(
  served: Served,
  adapter: string,
  maxModelLen: number | null,
  limits: RequestLimits,
  milliseconds: number,
): ModelInfo {
  return {
    model: served.model,
    device: 'remote',
    adapter,
    fallback: null,
    selfCheck: null,
    dtype: served.dtype ?? 'unknown',
    threads: 0,
    architecture: '',
    tasks: tasksOf(served),
    takes: Object.fromEntries(Object.entries(served.pool).map(([task, route]) => [task, route.takes])),
    labels: served.labels && [...served.labels],
    heads: [],
    prompts: { ...served.prompts },
    default_prompt_name: served.defaultPromptName ?? null,
    pooler: { pooling_type: served.pooling ?? 'unknown', normalize: null, source: 'server' },
    hidden_size: 0,
    max_model_len: served.maxModelLen === Infinity ? (maxModelLen ?? Infinity) : served.maxModelLen,
    max_embed_len: served.maxModelLen,
    enable_chunked_processing: false,
    is_matryoshka: false,
    matryoshka_dimensions: null,
    batch: {
      tokens: 0,
      get rows() {
        return limits.inputs;
      },
    },
    loadTimings: { files: 0, compile: 0, check: 0, total: milliseconds },
    counters: { readBackBytes: 0, deviceLosses: 0 },
  };
}
