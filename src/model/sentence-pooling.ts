/** A Pooling module's file -> how the model's authors pooled. What rockpool cannot compute is an error, never a different vector. */
import { PoolingError } from '../errors.ts';
import type { PoolingType } from '../types.ts';
import { invalid, type JsonObject } from '../files/json-file.ts';

/** Sentence-Transformers' names of the modes, and the order in which it joins their results where booleans say which. */
const modes: readonly { mode: string; flag: string; type: PoolingType }[] = [
  { mode: 'cls', flag: 'pooling_mode_cls_token', type: 'CLS' },
  { mode: 'max', flag: 'pooling_mode_max_tokens', type: 'MAX' },
  { mode: 'mean', flag: 'pooling_mode_mean_tokens', type: 'MEAN' },
  { mode: 'mean_sqrt_len_tokens', flag: 'pooling_mode_mean_sqrt_len_tokens', type: 'MEAN_SQRT_LEN' },
  { mode: 'weightedmean', flag: 'pooling_mode_weightedmean_tokens', type: 'WEIGHTEDMEAN' },
  { mode: 'lasttoken', flag: 'pooling_mode_lasttoken', type: 'LAST' },
];

/** `pooling_mode` (Sentence-Transformers 5.4 and later: a name, or a list in its own order), or a boolean for each mode (before). */
export function readPoolingTypes(pooling: JsonObject, place: string): PoolingType[] {
  const named = pooling['pooling_mode'] ?? null;
  if (named === null) return flagged(pooling, place);
  const names: readonly unknown[] = Array.isArray(named) ? named : [named];
  if (names.length === 0 || !names.every((name) => typeof name === 'string')) {
    throw invalid(place, `pooling_mode is ${JSON.stringify(named)}, neither a name nor a list of names`);
  }
  return names.map((name) => modes.find(({ mode }) => mode === name.toLowerCase())?.type ?? fail(name, place));
}

function flagged(pooling: JsonObject, place: string): PoolingType[] {
  const on = Object.keys(pooling).filter((key) => key.startsWith('pooling_mode_') && pooling[key] === true);
  const stranger = on.find((key) => !modes.some(({ flag }) => flag === key));
  if (stranger !== undefined) return fail(stranger.slice('pooling_mode_'.length), place);
  const types = modes.filter(({ flag }) => on.includes(flag)).map(({ type }) => type);
  // Sentence-Transformers' own default.
  return types.length > 0 ? types : ['MEAN'];
}

function fail(name: string, place: string): never {
  throw new PoolingError(
    'unsupported-model',
    `Pooling type ${name.replace(/_tokens?$/, '').toUpperCase()} not supported (${place}). Supported: ${modes.map(({ type }) => type).join(', ')}. overridePoolerConfig.pooling_type takes its place, at the price of vectors that differ from the model's own.`,
  );
}
