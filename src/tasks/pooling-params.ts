/** vLLM's PoolingParams as a caller gave them -> checked ones, one for each prompt. */
import { PoolingError, shown } from '../errors.ts';
import { checkKind, FLAG, type Kind } from '../kinds.ts';
import type { PoolingParams, Task } from '../types.ts';

type Key = keyof PoolingParams;

/** vLLM 0.10's valid parameters of each task. Which of them `score` takes depends on how the model scores. */
const KNOWN: Readonly<Record<Task, readonly Key[]>> = {
  embed: ['dimensions', 'normalize'],
  token_embed: ['dimensions', 'normalize', 'late_chunking_params'],
  encode: ['softmax', 'step_tag_id', 'returned_token_ids', 'dimensions', 'normalize'],
  reward: ['softmax', 'step_tag_id', 'returned_token_ids'],
  classify: ['activation'],
  token_classify: ['activation'],
  score: ['activation', 'dimensions', 'normalize'],
};

const isId = (value: unknown) => Number.isInteger(value) && (value as number) >= 0;
const isRange = (value: unknown) => Array.isArray(value) && value.length === 2 && value.every(isId) && value[0] < value[1];
function isLateChunking(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const [[key, given] = [], ...more] = Object.entries(value);
  if (more.length > 0) return false;
  return key === 'chunk_size'
    ? isId(given) && given > 0
    : key === 'char_ranges' && Array.isArray(given) && given.length > 0 && given.every(isRange);
}
const KINDS: Readonly<Record<Key, Kind>> = {
  dimensions: ['a number', (value) => typeof value === 'number'],
  normalize: FLAG,
  activation: FLAG,
  softmax: FLAG,
  use_activation: FLAG,
  step_tag_id: ['a token id', isId],
  late_chunking_params: ['{ chunk_size } in tokens or { char_ranges }, [start, end) each,', isLateChunking],
  returned_token_ids: ['a list of token ids', (value) => Array.isArray(value) && value.length > 0 && value.every(isId)],
};

/** One for all prompts, or a list as long as the prompts. A list of one is a list. */
export function paramsOfEach(given: PoolingParams | readonly PoolingParams[], prompts: number, task: Task): PoolingParams[] {
  if (!Array.isArray(given)) {
    const shared = checkParams(given as PoolingParams, task);
    return Array.from({ length: prompts }, () => shared);
  }
  if (given.length !== prompts) throw new PoolingError('invalid-option', 'The lengths of prompts and params must be the same.');
  return Array.from(given as readonly PoolingParams[], (params) => checkParams(params ?? {}, task));
}

export function checkParams(params: PoolingParams, task: Task): PoolingParams {
  if (typeof params !== 'object' || params === null) {
    throw new PoolingError('invalid-option', `poolingParams must be an object or a list of them, got ${shown(params)}.`);
  }
  const known: readonly string[] = KNOWN[task];
  const unknown = Object.keys(params).filter((key) => key !== 'use_activation' && !known.includes(key));
  if (unknown.length > 0) throw unsupportedParams(task, known, unknown);
  const set = Object.entries(params).filter(([, value]) => value !== null && value !== undefined) as [Key, unknown][];
  for (const [key, value] of set) {
    const [what, is] = KINDS[key];
    checkKind(key, value, [`${what} or null`, is]);
  }
  const old = params.normalize ?? params.activation ?? params.softmax ?? null;
  if (old !== null && (params.use_activation ?? null) !== null && old !== params.use_activation) {
    throw new PoolingError(
      'invalid-option',
      `use_activation is ${params.use_activation}, and its older name says ${old}. They are two names of one switch: set one.`,
    );
  }
  return { ...params };
}

/** vLLM's text. */
export function unsupportedParams(task: Task, known: readonly string[], unknown: readonly string[]): PoolingError {
  const list = (names: readonly string[]) => `[${names.map((name) => `'${name}'`).join(', ')}]`;
  return new PoolingError(
    'invalid-option',
    `Task ${task} only supports ${list(known)} parameters, does not support ${list(unknown)} parameters`,
  );
}
