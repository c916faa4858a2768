/** A request and the routes of a model -> the route that serves it, or an error that says what the model can. */
import { PoolingError } from '../errors.ts';
import type { LinearHead } from '../model/linear-head.ts';
import type { ModelSpec } from '../model/model-spec.ts';
import type { PoolingType, Task } from '../types.ts';
import type { PoolRequest } from '../wire/protocol.ts';
import { headRoute } from './head-route.ts';
import { givesOneRow, scoreKind, type ScoreKind } from './score-kind.ts';
import type { Route, Routes } from './route.ts';

/** What a loaded model has to serve with. */
export interface LoadedRoutes {
  spec: ModelSpec;
  routes: Routes;
  /** Classifiers over its embeddings, by the caller's names. */
  heads: Readonly<Record<string, LinearHead>>;
}

/** vLLM's names of the APIs, and what it would have you convert a model to. */
const APIS: Partial<Record<Task, readonly [api: string, convert: string]>> = {
  embed: ['Embedding', '`--convert embed`'],
  classify: ['Classification', '`--convert classify`'],
  score: ['Score', '`--convert embed` or `--convert classify`'],
};

export function tasksOf({ routes, heads, spec }: LoadedRoutes): Task[] {
  const embeds = routes.embed !== undefined && givesOneRow(routes.embed);
  const tasks = (Object.keys(routes) as Task[]).filter((task) => task !== 'embed' || embeds);
  if (!routes.classify && embeds && Object.keys(heads).length > 0) tasks.push('classify');
  if (scoreKind(routes, spec) !== null) tasks.push('score');
  return tasks.filter((task) => isAllowed(task, { routes, spec }));
}

/** What scores are made of. */
const ORIGINS: Readonly<Record<ScoreKind, Task>> = { 'cross-encoder': 'classify', 'late-interaction': 'token_embed', cosine: 'embed' };

/** PoolerConfig's `task` leaves one task, and scores where they are made of it. */
function isAllowed(task: Task, { routes, spec }: Pick<LoadedRoutes, 'routes' | 'spec'>): boolean {
  if (spec.task === null || spec.task === task) return true;
  const kind = task === 'score' ? scoreKind(routes, spec) : null;
  return kind !== null && ORIGINS[kind] === spec.task;
}

/** Throws if the caller's own configuration keeps the model from the task. */
export function checkAllowed(task: Task, served: LoadedRoutes): void {
  if (!isAllowed(task, served)) throw unserved(task, served);
}

/** Throws if the one task that the caller's configuration leaves is none of this model's. */
export function checkTask(served: LoadedRoutes): void {
  const { task } = served.spec;
  if (task === null || tasksOf(served).includes(task)) return;
  const tasks = tasksOf({ ...served, spec: { ...served.spec, task: null } });
  throw new PoolingError(
    'invalid-option',
    `overridePoolerConfig.task is "${task}", and "${served.spec.name}" serves: ${tasks.join(', ') || 'nothing'}.`,
  );
}

export function routeFor(
  { task, head, promptName }: Pick<PoolRequest, 'task' | 'head' | 'promptName'>,
  served: LoadedRoutes,
): { route: Route; adapter: number | null } {
  const { routes, spec } = served;
  const adapter = adapterOf(promptName, spec);
  if (task === 'classify') return { route: classifyRoute(head, served), adapter };
  const route = routes[task];
  if (!route) throw unserved(task, served);
  if (task === 'embed' && !givesOneRow(route)) checkEmbeds(spec);
  return { route, adapter };
}

export function unserved(task: Task, served: LoadedRoutes): PoolingError {
  const { spec } = served;
  const tasks = tasksOf(served);
  const can = `Model "${spec.name}" (${spec.architecture}) serves: ${tasks.join(', ') || 'nothing'}.`;
  const [api, convert] = APIS[task] ?? [];
  const list = tasks.map((name) => `'${name}'`).join(', ');
  const said = api
    ? `${api} API is not supported by this model. Try converting the model using ${convert}.`
    : `Unsupported task: '${task}' Supported tasks: (${list}).`;
  const hint = tasks.length === 0 && spec.kind === 'causal_lm' ? ` ${WORD_HINT}` : '';
  return new PoolingError('unsupported-task', `${said} ${can}${hint}`);
}

const WORD_HINT =
  'Its graph gives the logits of the next token: a reranker that answers with a word needs hfOverrides with classifier_from_token and method, see docs/models.md.';

/** The head that was named, the model's own classes, or the only head there is. */
function classifyRoute(name: string | null, served: LoadedRoutes): Route {
  const { routes, heads, spec } = served;
  const names = Object.keys(heads);
  const named = name ?? (routes.classify || names.length !== 1 ? null : names[0]!);
  if (named === null) {
    if (routes.classify) return routes.classify;
    if (names.length === 0) throw unserved('classify', served);
    throw new PoolingError('invalid-option', `Name the head to classify by with the option \`head\`: ${names.join(', ')}.`);
  }
  const head = Object.hasOwn(heads, named) ? heads[named] : undefined;
  if (!head) throw new PoolingError('invalid-option', `There is no head "${named}". LLM.load got: ${names.join(', ') || 'none'}.`);
  if (!routes.embed) {
    const tasks = tasksOf(served).join(', ');
    throw new PoolingError(
      'unsupported-task',
      `The head "${named}" classifies embeddings, and model "${spec.name}" (${spec.architecture}) gives none. It serves: ${tasks || 'nothing'}.`,
    );
  }
  if (!givesOneRow(routes.embed)) checkEmbeds(spec);
  return headRoute(routes.embed, head, named, served.spec.name);
}

/** Of models with an adapter for each task: the one that the prompt's name says, or the default. Null: the model has no adapters. */
function adapterOf(promptName: string | null, { taskAdapters, defaultAdapter }: ModelSpec): number | null {
  const named = promptName === null ? -1 : (taskAdapters?.indexOf(promptName) ?? -1);
  return named >= 0 ? named : defaultAdapter;
}

/** Throws if the pooler gives several rows for a text, where an embedding is one. */
function checkEmbeds(spec: { name: string; pooler: { pooling_type: PoolingType } }): void {
  const type = spec.pooler.pooling_type;
  if (type !== 'ALL' && type !== 'STEP') return;
  throw new PoolingError(
    'unsupported-task',
    `Model "${spec.name}" is pooled by ${type}, which gives a row for each ${type === 'ALL' ? 'token' : 'step'}, and embed needs one for the text. Call encode, or set overridePoolerConfig.pooling_type to CLS, LAST or MEAN.`,
  );
}
