/** A function from Request to Response -> an HTTP server, of node:http in every runtime. */
import { randomUUID } from 'node:crypto';
import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { getRequestListener } from '@hono/node-server';
import { Failure, messageOf } from './failure.ts';
import { answerMalformed, answerRaw, HEADERS_TIMEOUT } from './malformed.ts';

export interface Listener {
  /** With the port that it really is. */
  url: string;
  /** Resolves when whatever was sent before this call is accepted, and with the function. */
  arrived(): Promise<void>;
  /** Takes no more connections, and resolves when the answers under way are sent, or given up `graceMs` later. */
  close(graceMs: number): Promise<void>;
}

/** For all of a request: longer than any limit of the handler's, which answers where this cuts off. */
const WHOLE_REQUEST = 3_600_000;
/** Connections that come while a batch is computed, and that nobody could accept. Node's 511 are too few for a thousand at once. */
const BACKLOG = 4_096;
/** The header of a request of our own. */
const MARK = 'x-rockpool-mark';
/** Where all interfaces are reached. */
const HERE: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };
/** Turns of the event loop in which what is accepted is read. Deno does so in a thread of its own, which needs time, in milliseconds. */
const [TURNS, PAUSE] = [5, 5];
/** Longer than the minute after which balancers give a connection up: they would send a request into one that is closing. */
const KEEP_ALIVE = 65_000;

export async function listen(
  answer: (request: Request) => Response | Promise<Response>,
  { host: given, port }: { host: string; port: number },
): Promise<Listener> {
  // [::1] as it stands in URLs.
  const host = given.replace(/^\[(.+)\]$/, '$1');
  const marks = new Map<string, () => void>();
  // What it leaves of a body that is refused the listener reads for half a second, up to 64 MB, before it ends the connection: a client
  // that is told 413 while it sends would not hear it. A `Connection: close` in the answer would have Node end it at once.
  const onRequest = getRequestListener(
    (request) => {
      const tell = marks.get(request.headers.get(MARK) ?? '');
      if (!tell) return answer(request);
      tell();
      return new Response(null, { status: 204 });
    },
    // No host, or one that is none: there is no Request to answer.
    { hostname: 'localhost', overrideGlobalObjects: false, errorHandler: answerMalformed },
  );
  const server = createServer(
    {
      headersTimeout: HEADERS_TIMEOUT,
      requestTimeout: WHOLE_REQUEST,
      keepAliveTimeout: KEEP_ALIVE,
      connectionsCheckingInterval: 5_000,
    },
    onRequest,
  );
  server.on('clientError', answerRaw);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(cannotListen(error, host, port)));
    server.listen({ host, port, backlog: BACKLOG }, resolve);
  });
  const { port: actual } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${actual}`,
    arrived: () => arrived(host, actual, marks),
    close: (graceMs) => close(server, graceMs),
  };
}

/**
 * Connections are accepted in the order in which they came, one in a turn of the event loop, and a turn takes as long as the batch that is
 * computed in it. So a request of our own comes after all that were sent before it, however long that takes.
 */
async function arrived(host: string, port: number, marks: Map<string, () => void>): Promise<void> {
  const mark = randomUUID();
  await new Promise<void>((resolve) => {
    marks.set(mark, resolve);
    const own = httpRequest({ host: HERE[host] ?? host, port, agent: false, headers: { [MARK]: mark } });
    own.on('response', (response) => response.resume());
    // Nobody answers, or it is not permitted (Deno's --allow-net): then it is not known when they are there.
    own.on('error', () => resolve());
    own.end();
  });
  marks.delete(mark);
  for (let i = 0; i < TURNS; i++) {
    await sleep(PAUSE);
    // A timer may be late, and then fires before anything is read.
    await nextTurn();
  }
}

function cannotListen(error: NodeJS.ErrnoException, host: string, port: number): Failure {
  const why: Record<string, string> = {
    EADDRINUSE: `Port ${port} of ${host} is in use. Choose another with --port, or any that is free with --port 0.`,
    EACCES: `Port ${port} of ${host} is not for this user. Ports from 1024 on are.`,
    EADDRNOTAVAIL: `This machine has no address ${host} to listen on. See --host.`,
    ENOTFOUND: `There is no host ${host} to listen on. See --host.`,
  };
  return new Failure(1, why[error.code ?? ''] ?? `Cannot listen on port ${port} of ${host}: ${messageOf(error)}`, { cause: error });
}

async function close(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // A connection is idle once its answer is sent, and nobody else would close it then.
  const idle = setInterval(() => server.closeIdleConnections(), 20);
  const late = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearInterval(idle);
  clearTimeout(late);
}
