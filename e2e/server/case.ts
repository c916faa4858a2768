/** What a case is: a request, and what has to come back. The pieces that many cases share. */
import type { Check, Expected } from './match.ts';
import type { ModelName, ServerName } from './servers.ts';

export interface Case {
  name: string;
  /** Default: open. */
  on?: ServerName;
  /** Default: POST with a body, else GET. */
  method?: string;
  path: string;
  /** With a body, and unless it is said otherwise: `Content-Type: application/json`. Null: without that one. */
  headers?: Readonly<Record<string, string | null>>;
  /** An object is sent as JSON, a text or bytes as they are. */
  body?: object | string | Uint8Array;
  /** Sends the body without telling its length. */
  streamed?: true;
  /** Default: 200. */
  status?: number;
  /** Of the answer; null: must not be there. */
  answers?: Readonly<Record<string, Expected>>;
  /** The answer's body: of JSON the value, of text the text, of anything else the bytes. */
  gives: Expected;
  /** Answered by a server of several models alone. */
  several?: true;
}

/** Which model a case is for: of a target where each has a server of its own. */
export function modelOf({ body }: Case): ModelName {
  const { model } = (typeof body === 'object' && !(body instanceof Uint8Array) ? body : {}) as { model?: unknown };
  return typeof model === 'string' && model !== '' && model !== 'no-such-model' ? (model as ModelName) : 'embedder';
}

export const anything: Check = () => null;

export const recent: Check = (value) =>
  Number.isInteger(value) && Math.abs((value as number) - Date.now() / 1000) < 600
    ? null
    : `${String(value)} is not a recent time in seconds`;

/** vLLM's, of an answer other than rerank's. */
export const usage = (tokens: number): Expected => ({
  prompt_tokens: tokens,
  total_tokens: tokens,
  completion_tokens: 0,
  prompt_tokens_details: null,
});

const HEX = '[0-9a-f]{32}';

/** What stands before the data. */
export const head = (prefix: string, model: ModelName, id: string | RegExp = new RegExp(`^${prefix}-${HEX}$`)) => ({
  id,
  object: 'list',
  created: recent,
  model,
});

export const REQUEST_ID = new RegExp(`^${HEX}$`);

/** Both shapes of vLLM's error body: nested, and flat before it. */
export function refusal(code: number, type: string, message: string | RegExp, param: string | null = null): Expected {
  return { object: 'error', message, type, param, code, error: { message, type, param, code } };
}

export const badRequest = (message: string | RegExp, param: string | null = null) => ({
  status: 400,
  gives: refusal(400, 'BadRequestError', message, param),
});

/** Of a body that does not have the fields' types: pydantic's texts, one a line. */
export const invalid = (param: string, ...lines: readonly string[]) => ({
  status: 400,
  gives: refusal(400, 'Bad Request', [`${lines.length} validation error${lines.length === 1 ? '' : 's'}:`, ...lines].join('\n  '), param),
});

/** Of a request for `no-such-model`. */
export const noSuchModel = {
  status: 404,
  gives: refusal(404, 'NotFoundError', 'The model `no-such-model` does not exist.', 'model'),
};
