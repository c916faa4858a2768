/** A router -> the same, with each of its answers counted, logged, traced, and marked with the request's id. */
import { pathOf } from './path.ts';
import { requestIdOf } from './request-id.ts';
import { informationRoutes, modelRoutes } from './routes/table.ts';
import type { RequestState, ServerContext } from './server-context.ts';
import { requestTracer } from './tracing.ts';

type Answering = (request: Request, state: RequestState) => Promise<Response>;

/** Others share one name in metrics: a stranger must not be able to make as many series as there are paths. */
const NAMES = new Map<string, string>([
  ...Object.keys(informationRoutes).map((path) => [path, path] as const),
  ...modelRoutes.flatMap(({ paths }) => paths.map((path) => [path, paths[0]] as const)),
]);

const METHODS: readonly string[] = ['GET', 'HEAD', 'POST', 'OPTIONS', 'PUT', 'PATCH', 'DELETE'];

export function observer({ metrics, options }: ServerContext, answer: Answering): (request: Request) => Promise<Response> {
  const { onLog } = options;
  const startSpan = requestTracer(options.tracer, options.traceContext);
  return async (request) => {
    const state: RequestState = {
      id: requestIdOf(request),
      begin: performance.now(),
      model: null,
      timings: null,
      tokensRead: 0,
      tokens: null,
      error: null,
    };
    const path = pathOf(request);
    const name = NAMES.get(path) ?? 'other';
    const span = startSpan(request, name);
    const response = await answer(request, state);
    response.headers.set('X-Request-Id', state.id);

    const { error, model, tokens, timings } = state;
    const { status } = response;
    const ms = performance.now() - state.begin;
    metrics.answered(name, METHODS.includes(request.method) ? request.method : 'other', status);
    if (error?.limit) metrics.rejected(error.limit);
    if (model && error) metrics.failed(model.name, status);
    if (model && !error) metrics.succeeded(model.name, tokens, ms / 1000, timings);
    span.attributes({
      'rockpool.request.id': state.id,
      ...(model && { 'gen_ai.request.model': model.name }),
      ...(tokens !== null && { 'gen_ai.usage.input_tokens': tokens }),
    });
    span.end(status, error);
    onLog?.({
      level: 'info',
      message: `${request.method} ${path.slice(0, 200)} ${status}`,
      request_id: state.id,
      status,
      ms: Math.round(ms * 100) / 100,
      ...(model && { model: model.name }),
      ...(tokens !== null && { tokens }),
      ...(error && { error: error.message.slice(0, 500) }),
    });
    return response;
  };
}
