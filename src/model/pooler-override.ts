/** The caller's overridePoolerConfig, in vLLM's keys -> its values, checked. */
import { PoolingError } from '../errors.ts';
import type { PoolerConfig, PoolingType } from '../types.ts';

/** Null: not set. */
export interface PoolerOverride {
  poolingType: PoolingType | null;
  normalize: boolean | null;
  dimensions: number | null;
  enableChunkedProcessing: boolean;
  maxEmbedLen: number | null;
  /** Keys that vLLM has and that say nothing about embeddings. */
  ignored: string[];
}

const known = [
  'pooling_type',
  'seq_pooling_type',
  'normalize',
  'use_activation',
  'dimensions',
  'enable_chunked_processing',
  'max_embed_len',
];
const otherTasks = [
  'task',
  'tok_pooling_type',
  'activation',
  'softmax',
  'step_tag_id',
  'returned_token_ids',
  'logit_mean',
  'logit_sigma',
  'enable_flash_late_interaction',
];
const poolingTypes = ['CLS', 'LAST', 'MEAN', 'ALL'];
const sequenceTypes = ['CLS', 'LAST', 'MEAN'];

export function readPoolerOverride(config: PoolerConfig): PoolerOverride {
  const set = new Map<string, unknown>(Object.entries(config).filter(([, value]) => value !== null && value !== undefined));
  for (const key of Object.keys(config)) {
    if (known.includes(key) || otherTasks.includes(key)) continue;
    throw invalidOption(`overridePoolerConfig has no key ${JSON.stringify(key)}. Known: ${known.join(', ')}.`);
  }
  if (set.has('pooling_type') && set.has('seq_pooling_type')) throw invalidOption('Cannot set both `pooling_type` and `seq_pooling_type`');
  const flag = (key: string) => read(set, key, 'true or false', (value) => typeof value === 'boolean') as boolean | null;
  const count = (key: string) =>
    read(set, key, 'a whole number above 0', (value) => Number.isInteger(value) && (value as number) > 0) as number | null;
  const [normalize, useActivation] = [flag('normalize'), flag('use_activation')];
  if (normalize !== null && useActivation !== null && normalize !== useActivation) {
    throw invalidOption(
      `overridePoolerConfig: normalize is ${normalize} and use_activation is ${useActivation}. They are two names of one switch: set one.`,
    );
  }
  return {
    poolingType: poolingType(set, 'pooling_type', poolingTypes) ?? poolingType(set, 'seq_pooling_type', sequenceTypes),
    normalize: normalize ?? useActivation,
    dimensions: (set.get('dimensions') as number | undefined) ?? null,
    enableChunkedProcessing: flag('enable_chunked_processing') ?? false,
    maxEmbedLen: count('max_embed_len'),
    ignored: otherTasks.filter((key) => set.has(key)),
  };
}

function poolingType(set: ReadonlyMap<string, unknown>, key: string, types: readonly string[]): PoolingType | null {
  const value = set.get(key) ?? null;
  if (value === null) return null;
  if (value === 'STEP') throw invalidOption(`${key} STEP is not supported yet. Known: ${types.join(', ')}.`);
  if (!types.includes(value as string)) {
    throw invalidOption(`Unknown ${key} ${JSON.stringify(value)}. Known, in capitals: ${types.join(', ')}.`);
  }
  return value as PoolingType;
}

function read(set: ReadonlyMap<string, unknown>, key: string, what: string, isRight: (value: unknown) => boolean): unknown {
  const value = set.get(key) ?? null;
  if (value !== null && !isRight(value))
    throw invalidOption(`overridePoolerConfig.${key} has to be ${what}, not ${JSON.stringify(value) ?? String(value)}.`);
  return value;
}

function invalidOption(message: string): PoolingError {
  return new PoolingError('invalid-option', message);
}
