/** OpenTelemetry's tracer, as much of it as is used: the application hands in its own, and nothing of the SDK is needed here. */
import { notify } from '../facade/connection.ts';
import type { HttpError } from './http-error.ts';

export interface Span {
  setAttributes(attributes: Record<string, string | number | boolean>): unknown;
  setStatus(status: { code: number; message?: string }): unknown;
  end(): void;
}

export interface Tracer {
  startSpan(name: string, options?: { kind?: number; attributes?: Record<string, string> }, context?: never): Span;
}

/** SpanKind.SERVER and SpanStatusCode.ERROR of @opentelemetry/api. */
const [SERVER, ERROR] = [1, 2];

/** Names of the GenAI conventions where they have one. */
const OPERATIONS: Readonly<Record<string, string>> = { '/v1/embeddings': 'embeddings', '/v2/embed': 'embeddings' };

export interface RequestSpan {
  attributes(attributes: Record<string, string | number>): void;
  end(status: number, error: HttpError | null): void;
}

const none: RequestSpan = { attributes: () => {}, end: () => {} };

export function startSpan(
  tracer: Tracer | undefined,
  request: Request,
  path: string,
  parent: ((request: Request) => unknown) | undefined,
): RequestSpan {
  if (!tracer) return none;
  const operation = OPERATIONS[path];
  const attributes = {
    'http.request.method': request.method,
    'http.route': path,
    ...(operation && { 'gen_ai.operation.name': operation, 'gen_ai.provider.name': 'rockpool' }),
  };
  let span: Span | null = null;
  guarded(() => (span = tracer.startSpan(`${request.method} ${path}`, { kind: SERVER!, attributes }, parent?.(request) as never)));
  return {
    attributes: (more) => guarded(() => span?.setAttributes(more)),
    end(status, error) {
      guarded(() => {
        span?.setAttributes({ 'http.response.status_code': status });
        if (error && status >= 500) span?.setStatus({ code: ERROR!, message: error.message });
        span?.end();
      });
    },
  };
}

/** A tracer that throws is reported as uncaught, and costs no answer. */
function guarded(trace: () => unknown): void {
  notify(trace, undefined);
}
