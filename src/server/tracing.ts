/** OpenTelemetry's tracer, as much of it as is used: the application hands in its own, and nothing of the SDK is needed here. */
import { guarded } from './guarded.ts';
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

/** One for each request, of a route. A tracer that throws costs no answer, and a parent that cannot be found no span. */
export function requestTracer(
  tracer: Tracer | undefined,
  parent: ((request: Request) => unknown) | undefined,
): (request: Request, path: string) => RequestSpan {
  if (!tracer) return () => none;
  const trace = guarded('tracer');
  const find = guarded('traceContext');
  return (request, path) => {
    const operation = OPERATIONS[path];
    const attributes = {
      'http.request.method': request.method,
      'http.route': path,
      ...(operation && { 'gen_ai.operation.name': operation, 'gen_ai.provider.name': 'rockpool' }),
    };
    const context = find(() => parent?.(request)) as never;
    const span = trace(() => tracer.startSpan(`${request.method} ${path}`, { kind: SERVER!, attributes }, context));
    return {
      attributes: (more) => void trace(() => span?.setAttributes(more)),
      end(status, error) {
        trace(() => {
          span?.setAttributes({ 'http.response.status_code': status });
          if (error && status >= 500) span?.setStatus({ code: ERROR!, message: error.message });
          span?.end();
        });
      },
    };
  };
}
