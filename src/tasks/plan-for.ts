/** A task that a call is made of, and the call's parameters -> its plan, by the model's own head and the adapter that a prompt's name says. */
import type { PoolingParams, PoolTask } from '../types.ts';
import { planOf, type Plan } from './plan.ts';
import { routeFor, type LoadedRoutes } from './choose-route.ts';

export function planFor(task: PoolTask, params: PoolingParams, served: LoadedRoutes, promptName: string | null = null): Plan {
  const { route, adapter } = routeFor({ task, head: null, promptName }, served);
  return planOf(task, route, params, served.spec, adapter);
}
