/** A request -> the JSON object in its body, within the limits of size and time. */
import { PoolingError } from '../errors.ts';
import { TimedOut, within } from '../within.ts';
import { badRequest, HttpError } from './http-error.ts';
import type { HeldBody } from './body-budget.ts';
import type { Limits } from './options.ts';

export type JsonBody = Readonly<Record<string, unknown>>;

export async function readBody(request: Request, limits: Limits, held: HeldBody, signal: AbortSignal): Promise<JsonBody> {
  const type = request.headers.get('Content-Type') ?? '';
  if (!/^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(type)) {
    throw new HttpError(415, 'Unsupported Media Type', "Unsupported Media Type: Only 'application/json' is allowed");
  }
  const encoding = request.headers.get('Content-Encoding') ?? 'identity';
  if (encoding.toLowerCase() !== 'identity')
    throw new HttpError(415, 'Unsupported Media Type', 'Unsupported Content-Encoding: send the body uncompressed');
  return parse(await bytesOf(request, limits, held, signal));
}

async function bytesOf(
  request: Request,
  { maxBodyBytes, bodyTimeout }: Limits,
  held: HeldBody,
  signal: AbortSignal,
): Promise<Uint8Array[]> {
  if (Number(request.headers.get('Content-Length') ?? 0) > maxBodyBytes) throw tooLarge(maxBodyBytes);
  if (!request.body) return [];
  const reader = request.body.getReader();
  const chunks: Uint8Array[] = [];
  const end = performance.now() + bodyTimeout;
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await within(Math.max(1, end - performance.now()), signal, reader.read());
      if (done) return chunks;
      size += value.length;
      if (size > maxBodyBytes) throw tooLarge(maxBodyBytes);
      held.add(value.length);
      chunks.push(value);
    }
  } catch (error) {
    // Not awaited: a sender that is stuck would hold the answer.
    void reader.cancel().catch(() => {});
    if (error instanceof TimedOut)
      throw new HttpError(408, 'Request Timeout', `The body did not come within ${bodyTimeout / 1000} s.`, { limit: 'bodyTimeout' });
    if (error instanceof HttpError || error instanceof PoolingError) throw error;
    throw badRequest('The body broke off.');
  }
}

function tooLarge(most: number): HttpError {
  return new HttpError(413, 'Request Entity Too Large', `The body may have ${most} bytes, and this one has more.`, {
    limit: 'maxBodyBytes',
  });
}

function parse(chunks: readonly Uint8Array[]): JsonBody {
  let body: unknown;
  try {
    const decoder = new TextDecoder('utf-8', { fatal: true });
    const text = chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join('') + decoder.decode();
    body = JSON.parse(text);
  } catch (error) {
    throw badRequest(`The body is not JSON: ${(error as Error).message.slice(0, 200)}`);
  }
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as JsonBody;
  throw badRequest('The body must be a JSON object.');
}
