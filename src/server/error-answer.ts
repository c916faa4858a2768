/** Whatever went wrong -> the answer that a client gets. Nothing of a host is in it: no path, no address, no stack, no message of a fault of ours. */
import { PoolingError, type ErrorCode } from '../errors.ts';
import { badRequest, HttpError, internalError, unavailable } from './http-error.ts';
import { withoutPlaces } from './without-places.ts';

/**
 * Codes that are the client's doing: their texts are vLLM's, or name a field, or are those of a server behind this one. They go out without
 * its places.
 */
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

/** Codes that whoever runs this server has to see to. They do not pass by themselves, and a client that asks again is told the same. */
const RUNNERS: Partial<Record<ErrorCode, string>> = {
  unauthorized: 'The server behind this one does not let it in.',
  'model-mismatch': 'The models behind this server are not one and the same.',
};

const FAULTS: Partial<Record<ErrorCode, string>> = {
  'non-finite-output': 'The model answered NaN or infinity, which is no result.',
};

/** A fault of ours gets a text of its own; the real one is for the log. */
export function httpErrorOf(error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  if (error instanceof PoolingError) {
    const { code } = error;
    const told = withoutPlaces(error.message);
    if (code === 'input-too-long') return new HttpError(400, 'BadRequestError', onlineText(told), { param: 'input_tokens' });
    if (code === 'too-many-tokens') return new HttpError(400, 'BadRequestError', told, { param: 'input_tokens', limit: 'maxTokens' });
    if (CALLERS.includes(code)) return badRequest(inFields(told));
    const passing = PASSING[code];
    if (passing) return unavailable(passing);
    const runners = RUNNERS[code];
    if (runners) return new HttpError(503, 'ServiceUnavailableError', runners, { headers: { 'x-should-retry': 'false' } });
    return internalError(FAULTS[code]);
  }
  return internalError();
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
