/** Whatever went wrong -> the status and the body that a client gets. Nothing of the host is in it: no path, no stack, no message of a fault of ours. */
import type { ErrorCode } from '../errors.ts';
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

/** Nothing is wrong with the request, and the same one may be answered soon. */
export function unavailable(message: string, limit: keyof Limits | null = null): HttpError {
  return new HttpError(503, 'ServiceUnavailableError', message, { headers: { 'Retry-After': '1' }, limit });
}

/** Codes that are the client's doing: their texts are vLLM's or name a field, and no host or path ever. They go out as they are. */
const CALLERS: readonly ErrorCode[] = ['invalid-input', 'invalid-option', 'unsupported-task'];

/** Codes that pass: the worker or the device is made anew for the next call. */
const PASSING: Partial<Record<ErrorCode, string>> = {
  'worker-crashed': 'The engine stopped and is being started again.',
  'worker-timeout': 'The engine does not answer.',
  'device-lost': 'The GPU was lost and is being opened again.',
  disposed: 'The model was unloaded.',
  overloaded: 'The server behind this one is overloaded.',
  'server-error': 'The server behind this one failed.',
};

const FAULTS: Partial<Record<ErrorCode, string>> = {
  'non-finite-output': 'The model answered NaN or infinity, which is no result.',
};

/**
 * By name and code, not by class: this module may be loaded beside another copy of the class. A fault of ours gets a text of its own; the real
 * one is for the log.
 */
export function httpErrorOf(error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  const { name, code, message } = (error ?? {}) as { name?: unknown; code?: ErrorCode; message?: string };
  if (name === 'PoolingError' && code !== undefined) {
    if (code === 'input-too-long') return new HttpError(400, 'BadRequestError', onlineText(message!), { param: 'input_tokens' });
    if (code === 'too-many-tokens') return new HttpError(400, 'BadRequestError', message!, { param: 'input_tokens', limit: 'maxTokens' });
    if (CALLERS.includes(code)) return badRequest(inFields(message!));
    const passing = PASSING[code];
    if (passing) return unavailable(passing);
    const fault = FAULTS[code];
    if (fault) return new HttpError(500, 'InternalServerError', fault);
  }
  return new HttpError(500, 'InternalServerError', 'Internal server error');
}

/** The options of `llm.classify` and the others, by the fields that they come from. */
const FIELDS: Readonly<Record<string, string>> = {
  chatTemplateKwargs: 'chat_template_kwargs',
  chatTemplate: 'chat_template',
  promptName: 'prompt_name',
  truncatePromptTokens: 'truncate_prompt_tokens',
  maxTokensPerQuery: 'max_tokens_per_query',
  maxTokensPerDoc: 'max_tokens_per_doc',
  'LLM.load got': 'This model has',
};
const OPTIONS = new RegExp(Object.keys(FIELDS).join('|'), 'g');

/** A message of the library's, in the words of a request. */
function inFields(message: string): string {
  return message.replace(OPTIONS, (option) => FIELDS[option]!);
}

/** vLLM's server has one text for all inputs that are too long, where its library has two. */
function onlineText(message: string): string {
  return message.replace(
    /^The decoder prompt \(length (\d+)\) is longer than the maximum model length of (\d+)\. .*/,
    "This model's maximum context length is $2 tokens. However, you requested $1 tokens in the input. Please reduce the length of the input.",
  );
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
