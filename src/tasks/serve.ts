/** A request and the routes of a model -> the route that serves it, or an error that says what the model can. */
import { PoolingError } from '../errors.ts';
import { checkEmbeds, type ModelSpec } from '../model/model-spec.ts';
import type { PoolTask, Task } from '../types.ts';
import type { PoolRequest } from '../wire/protocol.ts';
import { scoreKind } from './score-kind.ts';
import type { Route, Routes } from './route.ts';

/** vLLM's names of the APIs, and what it would have you convert a model to. */
const APIS: Partial<Record<Task, readonly [api: string, convert: string]>> = {
  embed: ['Embedding', '`--convert embed`'],
  classify: ['Classification', '`--convert classify`'],
  score: ['Score', '`--convert embed` or `--convert classify`'],
};

export function tasksOf(routes: Routes, spec: ModelSpec): Task[] {
  const tasks = Object.keys(routes) as Task[];
  return scoreKind(routes, spec) === null ? tasks : [...tasks, 'score'];
}

export function serve(
  { task, head, promptName }: Pick<PoolRequest, 'task' | 'head' | 'promptName'>,
  routes: Routes,
  spec: ModelSpec,
): { route: Route; adapter: number | null } {
  const adapter = adapterOf(promptName, spec);
  if (task === 'classify') return { route: classifyRoute(head, routes, spec), adapter };
  const route = routes[task];
  if (!route) throw unserved(task, routes, spec);
  if (task === 'embed' && route.output.rows === 'token') checkEmbeds(spec);
  return { route, adapter };
}

export function unserved(task: Task, routes: Routes, spec: ModelSpec): PoolingError {
  const tasks = tasksOf(routes, spec);
  const can = `Model "${spec.name}" (${spec.architecture}) serves: ${tasks.join(', ') || 'nothing'}.`;
  const [api, convert] = APIS[task] ?? [];
  const list = tasks.map((name) => `'${name}'`).join(', ');
  const said = api
    ? `${api} API is not supported by this model. Try converting the model using ${convert}.`
    : `Unsupported task: '${task}' Supported tasks: (${list}).`;
  return new PoolingError('unsupported-task', `${said} ${can}`);
}

/** The head that was named, the model's own classes, or the only head there is. */
function classifyRoute(name: string | null, routes: Routes, spec: ModelSpec): Route {
  const names = Object.keys(spec.heads);
  const named = name ?? (routes.classify || names.length !== 1 ? null : names[0]!);
  if (named === null) {
    if (routes.classify) return routes.classify;
    if (names.length > 1)
      throw new PoolingError('invalid-option', `Name the head to classify by with the option \`head\`: ${names.join(', ')}.`);
    throw unserved('classify', routes, spec);
  }
  const head = Object.hasOwn(spec.heads, named) ? spec.heads[named] : undefined;
  if (!head) throw new PoolingError('invalid-option', `There is no head "${named}". LLM.load got: ${names.join(', ') || 'none'}.`);
  const embed = routes.embed;
  if (!embed) throw unserved('embed', routes, spec);
  return {
    ...embed,
    head: [...embed.head, ...head.layers],
    width: head.labels.length,
    normalize: false,
    activation: head.activation,
    labels: head.labels,
  };
}

/** Of models with an adapter for each task: the one that the prompt's name says, or the default. Null: the model has no adapters. */
function adapterOf(promptName: string | null, spec: Adapters): number | null {
  const named = promptName === null ? -1 : (spec.taskAdapters?.indexOf(promptName) ?? -1);
  return named >= 0 ? named : defaultAdapter(spec);
}

export function defaultAdapter({ taskAdapters, defaultAdapter: name }: Adapters): number | null {
  return taskAdapters && name !== null ? taskAdapters.indexOf(name) : null;
}

type Adapters = Pick<ModelSpec, 'taskAdapters' | 'defaultAdapter'>;
