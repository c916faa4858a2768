/** An error that is an answer: its status, its headers, and a body that all clients read. */
import type { Limits } from './options.ts';

/** An error that is an answer already. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly status: number;
  /** vLLM's name for the kind. */
  readonly type: string;
  /** The field it is about. */
  readonly param: string | null;
  readonly headers: Readonly<Record<string, string>>;
  /** The limit that the request went over. */
  readonly limit: keyof Limits | null;

  constructor(status: number, type: string, message: string, more: Partial<Pick<HttpError, 'param' | 'headers' | 'limit'>> = {}) {
    super(message);
    this.status = status;
    this.type = type;
    this.param = more.param ?? null;
    this.headers = more.headers ?? {};
    this.limit = more.limit ?? null;
  }
}

/** What vLLM calls a request that it cannot take. */
export function badRequest(message: string, param: string | null = null): HttpError {
  return new HttpError(400, 'BadRequestError', message, { param });
}

/** Of a request, whatever the model takes. */
export function tooManyTokens(most: number): HttpError {
  return new HttpError(400, 'BadRequestError', `A request may have ${most} tokens, and this one has more.`, {
    param: 'input_tokens',
    limit: 'maxTokens',
  });
}

/** `are`: how much may be asked for. */
export function tooManyNumbers({ maxAnswerNumbers: most }: Limits, are = `${most} numbers`): HttpError {
  return new HttpError(400, 'BadRequestError', `An answer has room for ${are}, and this one has more. Please split the request.`, {
    param: 'input',
    limit: 'maxAnswerNumbers',
  });
}

/** What happened is for the log. */
export function internalError(message = 'Internal server error'): HttpError {
  return new HttpError(500, 'InternalServerError', message);
}

export const SHUTTING_DOWN = 'The server is shutting down.';

/** Nothing is wrong with the request, and the same one may be answered soon. */
export function unavailable(message: string, limit: keyof Limits | null = null): HttpError {
  return new HttpError(503, 'ServiceUnavailableError', message, { headers: { 'Retry-After': '1' }, limit });
}

/**
 * Both shapes: nested, which OpenAI's SDK and newer vLLM read, and the flat keys of older vLLM. A flat body alone shows the SDK's user
 * "400 status code (no body)".
 */
export function errorBody({ status, type, message, param }: HttpError): object {
  const error = { message, type, param, code: status };
  return { object: 'error', ...error, error };
}

export function errorResponse(error: HttpError): Response {
  return Response.json(errorBody(error), { status: error.status, headers: error.headers });
}
