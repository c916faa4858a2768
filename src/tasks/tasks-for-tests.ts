/** A model's files in short and the outputs of its graph -> its routes, for the tests of the rules. */
import type { ChosenOutputs } from '../onnx/graph-outputs.ts';
import type { LinearHead } from '../model/linear-head.ts';
import { bert, resolve, type Given } from '../model/spec-for-tests.ts';
import type { GraphOutput } from '../shapes.ts';
import type { PoolingParams, PoolTask } from '../types.ts';
import { planOf, type Plan } from './plan.ts';
import { routesOf } from './route.ts';
import type { LoadedRoutes } from './choose-route.ts';

export const states: GraphOutput = { name: 'last_hidden_state', rows: 'token', width: 384 };
export const pooled: GraphOutput = { name: 'sentence_embedding', rows: 'text', width: 384 };
export const logits = (width: number, rows: GraphOutput['rows'] = 'text'): GraphOutput => ({ name: 'logits', rows, width });

/** A classifier's config.json. */
export const labelled = (architecture: string, labels: number, more: Record<string, unknown> = {}): Given => ({
  config: { ...bert, architectures: [architecture], num_labels: labels, ...more },
});
/** A language model whose answer is a word: no is token 2, yes is token 3. */
export const yesOrNo = (more: Record<string, unknown> = {}): Given => ({
  config: { ...bert, architectures: ['Qwen3ForCausalLM'], method: 'from_2_way_softmax', classifier_from_token: ['no', 'yes'], ...more },
  files: { tokenizer: { model: { vocab: { no: 2, yes: 3 } } } },
});

export function served(given: Given, outputs: Partial<ChosenOutputs>, heads: Readonly<Record<string, LinearHead>> = {}): LoadedRoutes {
  const spec = resolve(given);
  return { spec, routes: routesOf(spec, { states: null, pooled: null, logits: null, ...outputs }), heads };
}

export function plan(task: PoolTask, { spec, routes }: LoadedRoutes, params: PoolingParams = {}): Plan {
  return planOf(task, routes[task]!, params, spec, null);
}
