/**
 * A path and a body -> the server's answer as JSON: the only place that sends requests. Retries what passes, waits as it is told, and ends
 * at once with its signal.
 */
import { abortError, PoolingError, throwIfAborted } from '../errors.ts';
import { delay, TimedOut, within } from '../within.ts';
import { placed, type Place } from './placed.ts';
import type { ResolvedRemote } from './remote-options.ts';
import { askedWait, backOff, passes, waitOf } from './retry.ts';
import { faultOf, isErrorBody } from './server-fault.ts';
import { withoutKeys } from './without-keys.ts';

export type Server = Pick<ResolvedRemote, 'base' | 'headers' | 'fetch' | 'timeout' | 'maxRetries'> & Place;

/** There was no answer at all: a server that is not there, or too slow. */
export class NoAnswer extends PoolingError {}

/** Whoever waited so long twice need not wait again: another model may be there to ask (withFallback), or the caller's own time is up. */
const MOST_TIMEOUTS = 2;

/** Of an error's body; its words are at the start. */
const MOST_ERROR_BYTES = 16_384;

/** An answer without an end must not fill the memory. Thousands of vectors as lists of numbers are less. */
const MOST_BYTES = 512 * 2 ** 20;

interface Reply {
  status: number;
  headers: Headers;
  text: string;
}

/** Rejects with a PoolingError. `path` counts from the server's origin. A body makes it a POST. */
export async function ask(server: Server, path: string, body: object | null, signal: AbortSignal): Promise<unknown> {
  const looked = await look(server, path, body, signal);
  if ('answer' in looked) return looked.answer;
  throw looked.fault;
}

/** The same where an error is an answer too: for finding out what a server is. Rejects if there is no answer at all. */
export async function look(
  server: Server,
  path: string,
  body: object | null,
  signal: AbortSignal,
): Promise<{ answer: unknown } | { fault: PoolingError }> {
  let timeouts = 0;
  for (let attempt = 0; ; attempt++) {
    const last = attempt >= server.maxRetries;
    const reply = await send(server, path, body, signal);
    if (reply instanceof NoAnswer) {
      if (reply.cause instanceof TimedOut) timeouts++;
      if (last || timeouts === MOST_TIMEOUTS) throw reply;
      await delay(backOff(attempt), signal);
      continue;
    }
    const read = readReply(server, path, reply);
    if ('answer' in read || last) return read;
    const isPassing = passes(reply.status, reply.headers) && ['server-error', 'overloaded'].includes(read.fault.code);
    const wait = isPassing || reply.headers.get('x-should-retry') === 'true' ? waitOf(reply.headers, attempt) : null;
    if (wait === null) return read;
    await delay(wait, signal);
  }
}

/** The reply, or why there is none. Throws `aborted`. */
async function send(server: Server, path: string, body: object | null, signal: AbortSignal): Promise<Reply | NoAnswer> {
  throwIfAborted(signal);
  const ended = new AbortController();
  try {
    return await within(server.timeout, signal, exchange(server, path, body, ended.signal));
  } catch (cause) {
    if (signal.aborted) throw abortError(signal);
    // The same request would be answered the same.
    if (cause instanceof PoolingError) throw cause;
    const what =
      cause instanceof TimedOut
        ? `did not answer ${path} within ${server.timeout} ms`
        : `cannot be reached for ${path}: ${withoutKeys(textOf(cause), server)}`;
    return new NoAnswer('server-error', `${placed(server)} ${what}`, { cause });
  } finally {
    // Whatever of the exchange is still under way.
    ended.abort();
  }
}

async function exchange({ base, headers, fetch }: Server, path: string, body: object | null, signal: AbortSignal): Promise<Reply> {
  const url = new URL(base);
  url.pathname = path;
  const sent = new Headers(headers);
  if (body) sent.set('Content-Type', 'application/json');
  // Texts and keys go to the server that was named, and to no other.
  const init = { method: body ? 'POST' : 'GET', headers: sent, body: body && JSON.stringify(body), signal, redirect: 'manual' as const };
  const response = await fetch(url, init);
  if (response.ok) return { status: response.status, headers: response.headers, text: await wholeOf(response) };
  return { status: response.status, headers: response.headers, text: await beginningOf(response) };
}

/** Throws at more than any answer can be. */
async function wholeOf({ body }: Response): Promise<string> {
  const reader = body?.getReader();
  const decoder = new TextDecoder();
  const parts: string[] = [];
  for (let bytes = 0; reader;) {
    const { done, value } = await reader.read();
    if (done) break;
    bytes += value.length;
    if (bytes > MOST_BYTES) {
      void reader.cancel().catch(() => {});
      throw new PoolingError('server-error', `The server's answer has more than ${MOST_BYTES} bytes. Ask for fewer texts at a time.`);
    }
    parts.push(decoder.decode(value, { stream: true }));
  }
  return parts.join('') + decoder.decode();
}

async function beginningOf({ body }: Response): Promise<string> {
  const reader = body?.getReader();
  const decoder = new TextDecoder();
  let text = '';
  for (let bytes = 0; reader && bytes < MOST_ERROR_BYTES;) {
    const { done, value } = await reader.read();
    if (done) return text;
    bytes += value.length;
    text += decoder.decode(value, { stream: true });
  }
  await reader?.cancel();
  return text;
}

function readReply(server: Server, path: string, { status, headers, text }: Reply): { answer: unknown } | { fault: PoolingError } {
  const fault = (status: number) => faultOf(server, path, status, withoutKeys(text, server), askedWait(headers));
  if (status < 200 || status > 299) return { fault: fault(status) };
  try {
    const answer: unknown = JSON.parse(text);
    return isErrorBody(answer) ? { fault: fault(400) } : { answer };
  } catch (cause) {
    const start = JSON.stringify(withoutKeys(text, server).slice(0, 60));
    return {
      fault: new PoolingError('server-error', `${placed(server)} answered ${path} with something that is not JSON: ${start}`, { cause }),
    };
  }
}

/** Node's fetch says "fetch failed" and keeps the reason in the cause. */
function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && error.cause.message !== '' ? `${error.message}: ${error.cause.message}` : error.message;
}
