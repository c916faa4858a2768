/** One request to a model: body, fields, engine, answer. */
import { tokensOf, type Answer, type Call } from './call.ts';
import { checkCounts } from './check-counts.ts';
import { deadline } from './deadline.ts';
import { engineEntry } from './enter-engine.ts';
import { HttpError, SHUTTING_DOWN, unavailable } from './http-error.ts';
import { pathOf } from './path.ts';
import { readBody } from './read-body.ts';
import { plain } from './request-id.ts';
import type { ModelRoute } from './routes/table.ts';
import type { RequestState, ServerContext } from './server-context.ts';
import { timingHeaders } from './timing-headers.ts';
import { fieldsOf, unknownFields } from './validation.ts';

export async function answerModel(route: ModelRoute, request: Request, state: RequestState, context: ServerContext): Promise<Response> {
  const { options, models, admission, drainer, bodies } = context;
  if (drainer.isDraining) throw unavailable(SHUTTING_DOWN);
  const { limits } = options;
  const limit = deadline(request.signal, limits.requestTimeout);
  const forget = drainer.atEnd(limit.abort);
  const held = bodies.hold();
  try {
    const body = await readBody(request, limits, held, limit.signal);
    checkCounts(route.schema, body, limits);
    const fields = fieldsOf(route.schema, body);
    if (!request.headers.has('X-Request-Id')) state.id = plain((fields as { request_id?: string | null }).request_id) ?? state.id;
    const ignored = unknownFields(route.schema, body);
    if (ignored.length > 0) {
      const message = `The following fields were present in the request but ignored: ${ignored.slice(0, 20).join(', ').slice(0, 500)}`;
      options.onLog?.({ level: 'warning', message, request_id: state.id });
    }
    const enter = engineEntry(limits, admission, limit.signal, state);
    const call: Call = {
      id: state.id,
      path: pathOf(request),
      created: Math.floor(Date.now() / 1000),
      models,
      options,
      enter,
      tokensOf: (outputs) => tokensOf(outputs, state.tokensRead),
    };
    const answer = await route.answer(fields as never, call);
    state.tokens = answer.tokens ?? null;
    if (state.model) context.broken.delete(state.model.name);
    return responseOf(answer, timings(state));
  } catch (error) {
    if (limit.isLate()) throw late(limits.requestTimeout);
    if (drainer.isOver) throw unavailable(SHUTTING_DOWN, 'shutdownTimeout');
    // As nginx has it: nobody hears it, and in logs and metrics it is no fault of the request.
    if (request.signal.aborted) throw new HttpError(499, 'Client Closed Request', 'Client disconnected');
    noteBroken(error, state, context);
    throw error;
  } finally {
    limit.clear();
    forget();
    held.release();
  }
}

/** An engine that will not answer again by itself. A server is not healthy without it. */
function noteBroken(error: unknown, { model }: RequestState, { broken }: ServerContext): void {
  const { code } = (error ?? {}) as { code?: unknown };
  if (model && (code === 'disposed' || code === 'runtime-failed')) broken.add(model.name);
}

/** The client would only wait as long again. */
function late(ms: number): HttpError {
  return new HttpError(408, 'Request Timeout', `The request was not answered within ${ms / 1000} s.`, {
    headers: { 'x-should-retry': 'false' },
    limit: 'requestTimeout',
  });
}

function timings({ model, timings, begin, tokens }: RequestState): Record<string, string> {
  return model && timings ? timingHeaders(timings, performance.now() - begin, tokens ?? 0, model.llm.info.device) : {};
}

export function responseOf({ body, headers }: Answer, more: Readonly<Record<string, string>> = {}): Response {
  const all = { ...more, ...headers };
  if (body === null || typeof body === 'string') return new Response(body, { headers: all });
  if (body instanceof Uint8Array) return new Response(body as Uint8Array<ArrayBuffer>, { headers: all });
  return Response.json(body, { headers: all });
}
