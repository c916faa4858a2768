/** modules.json and the Pooling module's file -> how the model's authors pooled. What rockpool cannot compute is an error, never a different vector. */
import { PoolingError } from '../errors.ts';
import { invalid, type JsonObject } from './json-file.ts';
import type { SentenceModule } from './sentence-modules.ts';

const poolingTypes: ReadonlyMap<string, 'CLS' | 'LAST' | 'MEAN'> = new Map([
  ['cls', 'CLS'],
  ['lasttoken', 'LAST'],
  ['mean', 'MEAN'],
]);
/** The booleans' names, where they differ from those of `pooling_mode`. */
const shortNames: ReadonlyMap<string, string> = new Map([
  ['cls_token', 'cls'],
  ['mean_tokens', 'mean'],
  ['max_tokens', 'max'],
  ['weightedmean_tokens', 'weightedmean'],
]);

/** Each step after the encoder has to be one that we take too. Dropout does nothing outside training. */
export function checkModules(modules: readonly SentenceModule[]): void {
  const seen = new Set<string>();
  for (const [i, { kind, type }] of modules.entries()) {
    const isEncoder = i === 0 && kind.endsWith('Transformer');
    const isOurs = kind === 'Dropout' || (kind === 'Pooling' && !seen.has('Normalize')) || (kind === 'Normalize' && seen.has('Pooling'));
    if (!isEncoder && (!isOurs || (kind === 'Pooling' && seen.has(kind)))) {
      throw new PoolingError(
        'unsupported-model',
        `Module ${i} of modules.json, ${type}, is not supported here. rockpool computes a Transformer, then one Pooling, then Normalize; leaving a step out would give wrong vectors.`,
      );
    }
    seen.add(kind);
  }
}

/** The pooling type in the Pooling module's file: `pooling_mode` (Sentence-Transformers 6), or a boolean for each mode (before). */
export function readPoolingType(pooling: JsonObject, place: string): 'CLS' | 'LAST' | 'MEAN' {
  const modes = poolingModes(pooling, place);
  const names = modes.map((mode) => mode.replace(/_tokens?$/, '').toUpperCase()).join(' + ');
  const type = modes.length === 1 ? poolingTypes.get(modes[0] as string) : undefined;
  if (type !== undefined) return type;
  throw new PoolingError(
    'unsupported-model',
    `Pooling type ${names} not supported (${place}). Supported: CLS, LAST, MEAN. overridePoolerConfig.pooling_type takes its place, at the price of vectors that differ from the model's own.`,
  );
}

function poolingModes(pooling: JsonObject, place: string): string[] {
  const named = pooling['pooling_mode'];
  if (named !== undefined) {
    const modes: readonly unknown[] = Array.isArray(named) ? named : [named];
    if (modes.length === 0 || !modes.every((mode) => typeof mode === 'string')) {
      throw invalid(place, `pooling_mode is ${JSON.stringify(named)}, neither a name nor a list of names`);
    }
    return modes.map((mode) => mode.toLowerCase());
  }
  const modes = Object.keys(pooling)
    .filter((key) => key.startsWith('pooling_mode_') && pooling[key] === true)
    .map((key) => key.slice('pooling_mode_'.length))
    .map((mode) => shortNames.get(mode) ?? mode);
  // Sentence-Transformers' own default.
  return modes.length > 0 ? modes : ['mean'];
}
