/** A server's parts -> its routes on Hono, with CORS and keys before them. */
import { Hono } from 'hono/tiny';
import { cors } from 'hono/cors';
import { shown } from '../errors.ts';
import { keyChecker } from './api-key.ts';
import type { Answer } from './call.ts';
import { docsPage } from './docs-page.ts';
import { httpErrorOf } from './error-answer.ts';
import { errorResponse, HttpError } from './http-error.ts';
import { answerModel, responseOf } from './model-request.ts';
import type { ResolvedOptions } from './options.ts';
import { openApi } from './openapi.ts';
import { pathOf } from './path.ts';
import { health, modelList } from './routes/information.ts';
import { informationRoutes, modelRoutes } from './routes/table.ts';
import type { RequestState, ServerContext } from './server-context.ts';
import { TIMING_HEADERS } from './timing-headers.ts';
import { VERSION } from './version.ts';
import { withoutPlaces } from './without-places.ts';

type Env = { Bindings: RequestState };

/** What is asked without a key, by those who look whether a server is up. */
const OPEN = ['/health', '/ping'];

function openRoutes({ protectMetrics }: ResolvedOptions): readonly string[] {
  return protectMetrics ? OPEN : [...OPEN, '/metrics'];
}

export function router(context: ServerContext): (request: Request, state: RequestState) => Promise<Response> {
  const { options } = context;
  const app = new Hono<Env>({ getPath: pathOf });
  const { allowedOrigins } = options;
  if (allowedOrigins) {
    const exposeHeaders = ['X-Request-Id', 'Server-Timing', 'Retry-After', 'x-should-retry', 'metadata', ...TIMING_HEADERS];
    app.use(
      cors({
        origin: typeof allowedOrigins === 'string' ? allowedOrigins : [...allowedOrigins],
        exposeHeaders,
        allowMethods: ['GET', 'HEAD', 'POST'],
        maxAge: 600,
      }),
    );
  }
  if (options.apiKeys.length > 0) {
    const open = openRoutes(options);
    const check = keyChecker(options.apiKeys);
    app.use(async ({ req }, next) => {
      if (!open.includes(req.path)) await check(req.raw);
      await next();
    });
  }
  for (const route of modelRoutes) {
    for (const path of route.paths) app.post(path, ({ req, env }) => answerModel(route, req.raw, env, context));
  }
  for (const [path, answer] of Object.entries(informationOf(context))) app.get(path, ({ req }) => responseOf(answer(req.raw)));
  app.post('/ping', () => responseOf(health(context)));
  app.notFound(({ req, env }) => failed(missing(req.path, req.method), env, context));
  app.onError((error, { env }) => failed(error, env, context));
  return async (request, state) => {
    try {
      return await app.fetch(request, state);
    } catch (error) {
      // Hono hands on what is thrown and is no Error.
      return failed(error, state, context);
    }
  };
}

function informationOf(context: ServerContext): Record<keyof typeof informationRoutes, (request: Request) => Answer> {
  const { options } = context;
  const api = () => openApi(options.apiKeys.length > 0 ? openRoutes(options) : null);
  return {
    '/v1/models': () => modelList(context),
    '/health': () => health(context),
    '/ping': () => health(context),
    '/version': () => ({ body: { version: VERSION } }),
    '/load': () => ({ body: { server_load: context.admission.running + context.admission.waiting } }),
    '/metrics': () => ({ body: context.metrics.text(), headers: { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' } }),
    '/openapi.json': () => ({ body: api() }),
    '/docs': ({ url }) => ({
      body: docsPage(api(), new URL(url).origin),
      headers: { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'" },
    }),
  };
}

/** No such path, or not by this method. */
function missing(path: string, method: string): HttpError {
  const isModel = modelRoutes.some(({ paths }) => paths.includes(path));
  if (!isModel && !Object.hasOwn(informationRoutes, path)) return new HttpError(404, 'NotFoundError', 'Not Found');
  const allowed = isModel ? 'POST' : path === '/ping' ? 'GET, HEAD, POST' : 'GET, HEAD';
  return new HttpError(405, 'Method Not Allowed', `${path} is not for ${method.slice(0, 20)}, but for ${allowed}.`, {
    headers: { Allow: allowed },
  });
}

function failed(error: unknown, state: RequestState, { options }: ServerContext): Response {
  const answer = httpErrorOf(error);
  state.error = answer;
  if (answer === error) return errorResponse(answer);
  const { message, stack } =
    error instanceof Error ? error : { message: typeof error === 'string' ? error : shown(error), stack: undefined };
  // The client is not told what happened, or where: the log is.
  if (answer.status >= 500 || withoutPlaces(message) !== message) {
    const isFault = answer.status >= 500 && !('Retry-After' in answer.headers);
    const withStack = answer.status === 500 && stack;
    options.onLog?.({ level: isFault ? 'error' : 'warning', message, request_id: state.id, ...(withStack && { stack }) });
  }
  return errorResponse(answer);
}
