/** A route and the parameters of a request -> what the device does with the rows of a window, and what is left to do here. */
import { PoolingError } from '../errors.ts';
import { checkDimensions } from '../model/matryoshka.ts';
import type { ModelSpec } from '../model/model-spec.ts';
import type { Activation, Encoding, HeadLayer, PoolSpec } from '../shapes.ts';
import type { PoolingParams, PoolTask } from '../types.ts';
import type { Route } from './route.ts';

export interface Plan {
  pool: PoolSpec;
  /** Equal for equal `pool`s: windows of one key share a batch. */
  key: string;
  /** What a head and an activation do to the rows that the device gives. Null: they are finished. */
  finish: Finish | null;
  /** Values of a finished row. */
  width: number;
  /** Finished rows have unit length. */
  normalize: boolean;
}

export interface Finish {
  head: readonly HeadLayer[];
  dimensions: number;
  normalize: boolean;
  activation: Activation | null;
}

type PlanSpec = Pick<ModelSpec, 'name' | 'isMatryoshka' | 'matryoshkaDimensions' | 'defaultDimensions'>;

export function planOf(task: PoolTask, route: Route, params: PoolingParams, spec: PlanSpec, adapter: number | null): Plan {
  const isEmbedding = task === 'embed' || task === 'token_embed';
  const columns = params.returned_token_ids ?? route.columns;
  if (columns && columns !== route.columns) checkColumns(columns, route);
  if ((params.step_tag_id ?? null) !== null) checkStep(route, spec);
  const whole = columns && columns !== route.columns ? columns.length : route.width;
  const asked = params.dimensions ?? null;
  if (asked !== null) checkDimensions({ ...spec, embeddingSize: whole }, asked);
  const width = Math.min(whole, asked ?? (task === 'embed' ? spec.defaultDimensions : null) ?? whole);
  const flag = params.use_activation ?? null;
  // `encode` gives rows as they are: newer vLLM's one switch means their activation there, if they have one.
  const normalize = params.normalize ?? (isEmbedding || route.activation === null ? flag : null) ?? route.normalize;
  const activate = params.activation ?? params.softmax ?? flag ?? route.activated;
  const activation = activate ? activationOf(route, params, width) : null;
  const common = { output: route.output, types: route.types, stepTagId: params.step_tag_id ?? route.stepTagId, columns, adapter };
  if (route.head.length === 0 && activation === null && (route.types.length === 1 || route.output.rows === 'text')) {
    const pool: PoolSpec = { ...common, dimensions: width, normalize };
    return { pool, key: JSON.stringify(pool), finish: null, width, normalize };
  }
  const pool: PoolSpec = { ...common, dimensions: columns?.length ?? route.output.width, normalize: false };
  const finish = { head: route.head, dimensions: width, normalize, activation };
  // What an activation makes of a unit vector is none.
  return { pool, key: JSON.stringify(pool), finish, width, normalize: normalize && activation === null };
}

/** vLLM's PoolerClassify: a softmax over one value would be 1, whatever it is. Rows that have none get the softmax that is asked for by its name. */
function activationOf(route: Route, { softmax }: PoolingParams, width: number): Activation | null {
  const activation = route.activation ?? (softmax ? 'softmax' : null);
  if (activation === 'identity') return null;
  return activation === 'softmax' && width < 2 ? 'sigmoid' : activation;
}

type Rowed = Pick<Encoding, 'ids' | 'chunks'>;

/** Rows that the device gives for a window. */
export function deviceRows({ ids, chunks }: Rowed, { output, types, stepTagId }: PoolSpec): number {
  if (output.rows === 'text') return 1;
  if (chunks) return chunks.length;
  if (types.includes('ALL') || (types.includes('STEP') && stepTagId === null)) return ids.length;
  if (!types.includes('STEP')) return types.length;
  let count = 0;
  for (const id of ids) if (id === stepTagId) count++;
  return count;
}

/** Rows of a finished window: pooling types that are joined make one. */
export function finishedRows(encoding: Rowed, { pool }: Plan): number {
  return pool.types.length > 1 ? 1 : deviceRows(encoding, pool);
}

/** It would be without effect, and who sets it thinks that it has one. */
function checkStep({ types }: Route, { name }: PlanSpec): void {
  if (types.includes('STEP')) return;
  throw new PoolingError(
    'invalid-option',
    `step_tag_id is for models that are pooled by STEP, and "${name}" is not: set overridePoolerConfig.pooling_type.`,
  );
}

function checkColumns(columns: readonly number[], { output: { width } }: Route): void {
  const wrong = columns.find((column) => column >= width);
  if (wrong === undefined) return;
  throw new PoolingError('invalid-option', `returned_token_ids names column ${wrong}, and the model's rows have ${width}.`);
}
