/** A task that a call is made of, and the call's parameters -> its plan, by the model's own head and default adapter. */
import type { PoolingParams, PoolTask } from '../types.ts';
import { planOf, type Plan } from './plan.ts';
import { serve, type Served } from './serve.ts';

export function planFor(task: PoolTask, params: PoolingParams, served: Served): Plan {
  const { route, adapter } = serve({ task, head: null, promptName: null }, served);
  return planOf(task, route, params, served.spec, adapter);
}
