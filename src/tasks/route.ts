/**
 * A model's spec and its graph's outputs -> how each task is served: which rows are read, how they are pooled, what becomes of them. A task is
 * data. The model's own pooler wins over the task's default, and what a graph has pooled already is not pooled again.
 */
import type { ChosenOutputs } from '../onnx/graph-outputs.ts';
import type { ModelSpec } from '../model/model-spec.ts';
import type { Activation, GraphOutput, HeadLayer } from '../shapes.ts';
import type { PoolingType, PoolTask } from '../types.ts';
import { calibration, difference } from './logit-layers.ts';

export interface Route {
  output: GraphOutput;
  types: readonly PoolingType[];
  stepTagId: number | null;
  columns: readonly number[] | null;
  head: readonly HeadLayer[];
  /** Values of a finished row, before a Matryoshka cut. */
  width: number;
  /** Unless the request says otherwise. */
  normalize: boolean;
  /** What makes probabilities of the values. Null: the task knows no activation. */
  activation: Activation | null;
  /** Whether requests that do not say want it. */
  activated: boolean;
  /** Names of the columns. */
  labels: readonly string[] | null;
}

export type Routes = Partial<Record<PoolTask, Route>>;

export function routesOf(spec: ModelSpec, outputs: ChosenOutputs): Routes {
  return { ...stateRoutes(spec, outputs), ...logitRoutes(spec, outputs) };
}

const bare = { stepTagId: null, columns: null, head: [], normalize: false, activation: null, activated: false, labels: null };

/** Of models that give hidden states, or a vector that the graph has pooled. */
function stateRoutes(spec: ModelSpec, { states, pooled, logits }: ChosenOutputs): Routes {
  const routes: Routes = {};
  if (states) {
    const rows = { ...bare, output: states, width: states.width };
    const isStep = spec.poolingTypes.includes('STEP');
    const step = isStep ? { types: ['STEP'] as const, stepTagId: spec.stepTagId } : { types: ['ALL'] as const };
    routes.encode = { ...rows, ...step, ...columnsOf(spec.returnedTokenIds, states.width) };
    const head = spec.lateInteraction ? spec.head : [];
    routes.token_embed = { ...rows, types: ['ALL'], head, width: widthOf(head, 1, spec, states), normalize: spec.normalizeTokens };
  }
  if (spec.kind === 'reward' || spec.lateInteraction) return routes;
  if (makesScores(spec)) return states && !logits ? { ...routes, ...madeRoutes(spec, states) } : routes;
  const { normalize, source } = spec.pooler;
  // A graph that pools does it as its authors meant, over all tokens; only who leaves a prompt out, or names another way, needs the states.
  if (pooled && (!states || (source !== 'override' && spec.includePrompt))) {
    routes.embed = { ...bare, output: pooled, types: ['LAST'], width: pooled.width, normalize };
  } else if (states) {
    routes.embed = {
      ...bare,
      output: states,
      types: spec.poolingTypes,
      head: spec.head,
      width: widthOf(spec.head, spec.poolingTypes.length, spec, states),
      normalize,
    };
  }
  return routes;
}

/** A CrossEncoder of Sentence-Transformers' modules, whose last Dense makes the logits. What is pooled is no embedding then. */
function makesScores({ kind, tokenHead, head }: ModelSpec): boolean {
  return kind === 'classify' && tokenHead === null && head.length > 0;
}

function madeRoutes(spec: ModelSpec, states: GraphOutput): Routes {
  const { numLabels: width, labels, poolingTypes: types, classifierActivation: activation, useActivation: activated } = spec;
  const head = [...spec.head, ...calibration(width, spec.logitMean, spec.logitSigma)];
  const classify: Route = { ...bare, output: states, types, head, width, activation, activated, labels };
  return width === 1 ? { classify, reward: { ...classify, head: spec.head, activated: false } } : { classify };
}

/** The graph knows its own width best; what is made of its rows here, the files do. */
function widthOf(head: readonly HeadLayer[], types: number, { embeddingSize }: ModelSpec, { width }: GraphOutput): number {
  return head.length > 0 ? embeddingSize : width * types;
}

/** Of models that give logits: for the text, for each token, or for the next word. */
function logitRoutes(spec: ModelSpec, { logits }: ChosenOutputs): Routes {
  if (!logits) return {};
  const { kind, labels, classifierActivation: activation, useActivation: activated, logitMean, logitSigma, tokenHead } = spec;
  const rows = { ...bare, output: logits, types: ['ALL'] as const, width: logits.width, activation, activated, labels };
  if (tokenHead) {
    const head = tokenHead.method === 'from_2_way_softmax' ? [difference] : [];
    const width = head.length > 0 ? 1 : tokenHead.tokenIds.length;
    const layers = [...head, ...calibration(width, logitMean, logitSigma)];
    return { classify: { ...rows, types: ['LAST'], columns: tokenHead.tokenIds, head: layers, width } };
  }
  if (logits.rows === 'text') {
    const classify: Route = { ...rows, types: ['LAST'], head: calibration(logits.width, logitMean, logitSigma) };
    // A reward is a logit: what a sigmoid would squeeze is the point of it.
    return logits.width === 1 ? { classify, reward: { ...rows, types: ['LAST'], activated: false } } : { classify };
  }
  if (kind === 'token_classify') return { token_classify: rows, encode: rows };
  if (kind !== 'reward') return {};
  const isStep = spec.poolingTypes.includes('STEP');
  const filter = { types: isStep ? (['STEP'] as const) : rows.types, stepTagId: isStep ? spec.stepTagId : null };
  // vLLM's PoolerClassify looks at the columns that are there: a request may keep others than the files say.
  const reward: Route = { ...rows, ...filter, ...columnsOf(spec.returnedTokenIds, logits.width), activation: 'softmax' };
  return { reward, encode: reward };
}

function columnsOf(columns: readonly number[] | null, width: number): Pick<Route, 'columns' | 'width'> {
  return columns ? { columns, width: columns.length } : { columns: null, width };
}
