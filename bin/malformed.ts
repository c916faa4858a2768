/** Requests that are none, and never reach the function that answers -> errors in the shape of all others. */
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { RequestError } from '@hono/node-server';
import { badRequest, errorBody, errorResponse, HttpError, internalError } from '../src/server/http-error.ts';

/** Milliseconds for a request's line and headers, which nobody but this limits. */
export const HEADERS_TIMEOUT = 20_000;

/** A host that is none, say: there is no Request to hand on. */
export function answerMalformed(error: unknown): Response {
  return errorResponse(error instanceof RequestError ? badRequest(`The request is malformed: ${error.message}.`) : internalError());
}

/** By Node's code. */
const RAW: Readonly<Record<string, readonly [status: number, type: string, message: string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large', 'The headers of a request may have 16 KB.'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout', `The headers did not come within ${HEADERS_TIMEOUT / 1000} s.`],
};

/** What is no HTTP. As Node does it by itself: not into an answer that is being sent, which only this field of it tells. */
export function answerRaw({ code }: NodeJS.ErrnoException, socket: Duplex & { _httpMessage?: { headersSent?: boolean } | null }): void {
  if (!socket.writable || socket._httpMessage?.headersSent) return void socket.destroy();
  const [status, type, message] = RAW[code ?? ''] ?? [400, 'BadRequestError', 'The request is malformed: it is no HTTP.'];
  const body = JSON.stringify(errorBody(new HttpError(status, type, message)));
  const headers = `Connection: close\r\nContent-Type: application/json\r\nContent-Length: ${body.length}`;
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${headers}\r\n\r\n${body}`);
}
