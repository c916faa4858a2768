/** Models -> a function from Request to Response that serves OpenAI's, vLLM's, Cohere's and Jina's APIs, with no runtime named. */
import { Admission } from './admission.ts';
import { BodyBudget } from './body-budget.ts';
import { Drainer } from './drainer.ts';
import { observer } from './observe.ts';
import { resolveOptions, type ServerOptions } from './options.ts';
import { router } from './router.ts';
import { ServedModels, type Models } from './served-models.ts';
import type { ServerContext } from './server-context.ts';
import { ServerMetrics } from './server-metrics.ts';

export interface Handler {
  (request: Request): Promise<Response>;
  /**
   * For a shutdown: refuses requests from now on, with 503, and resolves when those under way are answered. What is left after `ms` (default:
   * `shutdownTimeout`) is ended, with 503 too. Resolves to the number of those: 0 if nothing was lost.
   *
   * @throws PoolingError `invalid-option`, of `ms`.
   */
  drain(ms?: number): Promise<number>;
}

/**
 * @param models An LLM, or several by the names that requests find them by. They stay the caller's, to dispose of.
 * @throws PoolingError `invalid-option`. What the function answers to a request is never a rejection.
 */
export function createHandler(models: Models, options: ServerOptions = {}): Handler {
  const resolved = resolveOptions(options);
  const admission = new Admission(resolved.limits);
  const drainer = new Drainer();
  const served = new ServedModels(models);
  const context: ServerContext = {
    models: served,
    options: resolved,
    admission,
    metrics: new ServerMetrics(resolved.limits, admission, served),
    drainer,
    bodies: new BodyBudget(resolved.limits.maxHeldBytes),
    created: Math.floor(Date.now() / 1000),
    broken: new Set(),
  };
  const answer = observer(context, router(context));
  return Object.assign((request: Request) => drainer.count(() => answer(request)), {
    drain: async (ms = resolved.limits.shutdownTimeout) => drainer.drain(resolveOptions({ shutdownTimeout: ms }).limits.shutdownTimeout),
  });
}
