/** The caller's overridePoolerConfig, in vLLM's keys of either version -> its values, checked. */
import { PoolingError, shown } from '../errors.ts';
import type { PoolerConfig, Task, PoolingType } from '../types.ts';

/** Null: not set. */
export interface PoolerOverride {
  task: Task | null;
  poolingType: PoolingType | null;
  normalize: boolean | null;
  /** For `classify` and `score`. */
  activation: boolean | null;
  /** For `reward`. */
  softmax: boolean | null;
  dimensions: number | null;
  stepTagId: number | null;
  returnedTokenIds: readonly number[] | null;
  logitMean: number | null;
  logitSigma: number | null;
  enableChunkedProcessing: boolean;
  maxEmbedLen: number | null;
}

const keys: Readonly<Record<keyof PoolerConfig, true>> = {
  task: true,
  pooling_type: true,
  seq_pooling_type: true,
  tok_pooling_type: true,
  normalize: true,
  activation: true,
  softmax: true,
  use_activation: true,
  dimensions: true,
  step_tag_id: true,
  returned_token_ids: true,
  logit_mean: true,
  logit_sigma: true,
  enable_chunked_processing: true,
  max_embed_len: true,
  enable_flash_late_interaction: true,
};
const tasks: readonly string[] = ['embed', 'classify', 'score', 'reward', 'encode', 'token_embed', 'token_classify'] satisfies Task[];
const sequenceTypes = ['CLS', 'LAST', 'MEAN', 'MAX', 'MEAN_SQRT_LEN', 'WEIGHTEDMEAN'];
const tokenTypes = ['ALL', 'STEP'];

export function readPoolerOverride(config: PoolerConfig): PoolerOverride {
  const stranger = Object.keys(config).find((key) => !Object.hasOwn(keys, key));
  if (stranger !== undefined) {
    throw invalidOption(`overridePoolerConfig has no key ${JSON.stringify(stranger)}. Known: ${Object.keys(keys).join(', ')}.`);
  }
  const get = <T>(key: keyof PoolerConfig, what: string, isRight: (value: unknown) => boolean): T | null => {
    const value: unknown = config[key] ?? null;
    if (value !== null && !isRight(value)) {
      throw invalidOption(`overridePoolerConfig.${key} has to be ${what}, not ${shown(value)}.`);
    }
    return value as T | null;
  };
  const flag = (key: keyof PoolerConfig) => get<boolean>(key, 'true or false', (value) => typeof value === 'boolean');
  const real = (key: keyof PoolerConfig) => get<number>(key, 'a number', (value) => Number.isFinite(value));
  const sigma = real('logit_sigma');
  if (sigma === 0) throw invalidOption('logit_sigma cannot be 0 (division by zero)');
  const useActivation = flag('use_activation');
  flag('enable_flash_late_interaction');
  return {
    task: get('task', `one of ${tasks.join(', ')}`, (value) => tasks.includes(value as string)),
    poolingType: poolingType(config),
    normalize: oneSwitch('normalize', flag('normalize'), useActivation),
    activation: oneSwitch('activation', flag('activation'), useActivation),
    softmax: oneSwitch('softmax', flag('softmax'), useActivation),
    dimensions: config.dimensions ?? null,
    stepTagId: get('step_tag_id', 'a token id', isId),
    returnedTokenIds: get('returned_token_ids', 'a list of columns', (value) => Array.isArray(value) && value.every(isId)),
    logitMean: real('logit_mean'),
    logitSigma: sigma,
    enableChunkedProcessing: flag('enable_chunked_processing') ?? false,
    maxEmbedLen: get('max_embed_len', 'a whole number above 0', (value) => isId(value) && value !== 0),
  };
}

/** `use_activation` is newer vLLM's name for each of the three flags. */
function oneSwitch(name: string, own: boolean | null, useActivation: boolean | null): boolean | null {
  if (own === null || useActivation === null || own === useActivation) return own ?? useActivation;
  throw invalidOption(
    `overridePoolerConfig: ${name} is ${own} and use_activation is ${useActivation}. They are two names of one switch: set one.`,
  );
}

function poolingType(config: PoolerConfig): PoolingType | null {
  const all = oneOf(config, 'pooling_type', [...sequenceTypes, ...tokenTypes]);
  const sequence = oneOf(config, 'seq_pooling_type', sequenceTypes);
  const token = oneOf(config, 'tok_pooling_type', tokenTypes);
  if (all !== null && sequence !== null) throw invalidOption('Cannot set both `pooling_type` and `seq_pooling_type`');
  if (all !== null && token !== null) throw invalidOption('Cannot set both `pooling_type` and `tok_pooling_type`');
  if (sequence !== null && token !== null) {
    throw invalidOption('Cannot set both `seq_pooling_type` and `tok_pooling_type`: rockpool has one pooler for each model.');
  }
  return all ?? sequence ?? token;
}

function oneOf(config: PoolerConfig, key: 'pooling_type' | 'seq_pooling_type' | 'tok_pooling_type', types: string[]): PoolingType | null {
  const value = config[key] ?? null;
  if (value === null || types.includes(value)) return value;
  throw invalidOption(`Unknown ${key} ${shown(value)}. Known, in capitals: ${types.join(', ')}.`);
}

function isId(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function invalidOption(message: string): PoolingError {
  return new PoolingError('invalid-option', message);
}
