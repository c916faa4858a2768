/** A real HTTP server on a free port, with files in memory and faults to order. For node only. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface TestServer {
  url: string;
  files: Map<string, Uint8Array | string>;
  /** Each request so far: path, and range if there was one. */
  requests: string[];
  /** Answers of the next requests for a path, before the normal one: true if it has answered. */
  faults: Map<string, ((request: IncomingMessage, response: ServerResponse, file: Uint8Array) => void)[]>;
  etag: (path: string) => string | null;
  ranges: boolean;
  close(): Promise<void>;
}

export async function startServer(): Promise<TestServer> {
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://x').pathname.slice(1));
    const range = request.headers.range;
    test.requests.push(range === undefined ? path : `${path} ${range}`);
    const content = test.files.get(path);
    const file = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    const fault = test.faults.get(path)?.shift();
    if (fault) return fault(request, response, file ?? new Uint8Array(0));
    if (file === undefined) return void response.writeHead(404).end('not here');
    const etag = test.etag(path);
    const headers = { ...(etag !== null && { etag }) };
    const from = test.ranges ? Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0) : 0;
    if (from > 0 && from >= file.length) return void response.writeHead(416).end();
    if (from > 0) headers['content-range' as 'etag'] = `bytes ${from}-${file.length - 1}/${file.length}`;
    response.writeHead(from > 0 ? 206 : 200, { ...headers, 'content-length': file.length - from }).end(file.subarray(from));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const test: TestServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    files: new Map(),
    requests: [],
    faults: new Map(),
    etag: () => '"v1"',
    ranges: true,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return test;
}

/** Announces the whole file, sends its first bytes, and cuts the line. */
export function cutAfter(bytes: number, headers: Record<string, string> = { etag: '"v1"' }) {
  return (_: IncomingMessage, response: ServerResponse, file: Uint8Array): void => {
    response.writeHead(200, { 'content-length': file.length, ...headers });
    response.write(file.subarray(0, bytes), () => setTimeout(() => response.destroy(), 20));
  };
}

export function answer(status: number, headers: Record<string, string> = {}, body = '') {
  return (_: IncomingMessage, response: ServerResponse): void => void response.writeHead(status, headers).end(body);
}

/** Bytes that differ from place to place, so that a wrong order shows. */
export function testBytes(length: number, seed = 1): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = seed;
  for (let i = 0; i < length; i++) bytes[i] = (state = (state * 1103515245 + 12345) & 0x7fffffff) >> 16;
  return bytes;
}
