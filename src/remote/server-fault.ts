/** The status and the body of an answer that is an error -> a PoolingError with the server's own words, whatever their shape. */
import { PoolingError, type ErrorCode } from '../errors.ts';
import { placed, type Place } from './placed.ts';
import { excessOf, TOKENS_IN_ALL, TOO_LONG, TooLarge } from './too-large.ts';

/** Bodies come from outside, and may be pages of HTML. */
const MOST_CHARS = 500;

/** Codes that say nothing of the request: only these errors name the server's address, and no client of a gateway reads them. */
const OF_SERVER: readonly ErrorCode[] = ['server-error', 'overloaded', 'unauthorized'];

/** `wait`: milliseconds after which the server wants to be asked again, if it says so. */
export function faultOf(server: Place, path: string, status: number, body: string, wait: number | null = null): PoolingError {
  const said = wordsOf(body);
  const code = codeOf(status, said);
  const isRedirect = status === 0 || (status >= 300 && status < 400);
  const words = isRedirect
    ? ', a redirect, which is not followed: name the server that it leads to'
    : said === null
      ? ''
      : `: ${said.length > MOST_CHARS ? `${said.slice(0, MOST_CHARS)}…` : said}`;
  const who = OF_SERVER.includes(code)
    ? `${placed(server)} answered ${path}`
    : `${server.title} answered ${path.slice(path.lastIndexOf('/'))}`;
  const again = code === 'overloaded' && wait ? `. It asks to come back in ${Math.ceil(wait / 1000)} s` : '';
  const message = `${who} with ${status}${words}${again}`;
  const excess = excessOf(status, said);
  return excess ? new TooLarge(code, message, excess) : new PoolingError(code, message);
}

const UNSERVED =
  /does not support\b.*\bapi\b|api is (not supported by|only enabled for)|does not support `(embed|rerank|classify)`|unsupported task|task was removed|model is not an? /i;
const NO_MODEL = /model\b.*\b(does not exist|not found)|invalid model|no such model/i;

/** What the texts say is more exact than the status: TEI has 424 for a task that the model lacks, llama.cpp 500 for a long text. */
function codeOf(status: number, said: string | null): ErrorCode {
  if (status === 401 || status === 403) return 'unauthorized';
  if (status === 429) return 'overloaded';
  if (said !== null && TOKENS_IN_ALL.test(said)) return 'too-many-tokens';
  if (said !== null && TOO_LONG.test(said)) return 'input-too-long';
  if (said !== null && UNSERVED.test(said)) return 'unsupported-task';
  // The caller did not name the model: the connection did, or the server has another one by now.
  if (said !== null && NO_MODEL.test(said)) return 'server-error';
  if (status === 413) return /batch size/i.test(said ?? '') ? 'invalid-option' : 'input-too-long';
  if (status === 404 || status === 405 || status === 501) return 'unsupported-task';
  return status === 400 || status === 422 ? 'invalid-input' : 'server-error';
}

/**
 * OpenAI's and vLLM's `{ error: { message } }`, older vLLM's and Cohere's `{ message }`, TEI's `{ error }`, FastAPI's and Jina's `{ detail
 * }`. Null: no words.
 */
export function wordsOf(body: string): string | null {
  const text = body.trim();
  // An HTML page is a proxy's, and says less than its status.
  if (text === '' || text.startsWith('<')) return null;
  try {
    return wordsIn(JSON.parse(text)) ?? text;
  } catch {
    return text;
  }
}

function wordsIn(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.slice(0, 3).map(validation).join('; ') || null;
  if (typeof value !== 'object' || value === null) return null;
  const { error, message, detail } = value as Record<string, unknown>;
  return wordsIn(error) ?? wordsIn(message) ?? wordsIn(detail);
}

/** One of pydantic's complaints. */
function validation(value: unknown): string {
  const { loc, msg } = (typeof value === 'object' && value !== null ? value : {}) as { loc?: unknown; msg?: unknown };
  if (typeof msg !== 'string') return wordsIn(value) ?? '';
  return Array.isArray(loc) ? `${loc.join('.')}: ${msg}` : msg;
}

/** vLLM 0.10 answers some errors with 200. */
export function isErrorBody(answer: unknown): boolean {
  if (typeof answer !== 'object' || answer === null) return false;
  const { object, error, data, results } = answer as Record<string, unknown>;
  return object === 'error' || (error !== undefined && error !== null && data === undefined && results === undefined);
}
