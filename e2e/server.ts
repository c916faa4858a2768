/** Serves the repository to the browser tests, isolated or not, with faults that a test can ask for by path. */
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';

const root = join(import.meta.dirname, '..');
const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webmanifest': 'application/manifest+json',
};

/** Answers a request itself (true), or lets the file through (false). */
export type Fault = (request: IncomingMessage, response: ServerResponse, file: Buffer | null) => boolean;

export interface TestServer {
  url: string;
  /** Paths asked for, in order. */
  requests: string[];
  /** A fault for every path that contains the text, until the returned function is called. */
  fault(path: string, fault: Fault): () => void;
  close(): Promise<void>;
}

export async function startServer(folder = root): Promise<TestServer> {
  const requests: string[] = [];
  const faults = new Map<string, Fault>();
  const server: Server = createServer((request, response) => void answer(request, response));

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname);
    requests.push(path);
    response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
    response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp');
    response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
    if (path === '/blank') return void response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>test</title>');
    const named = path.replace(/\/$/, '/index.html').replace(/^\/nameless\/([^/]+)\/model\//, '/e2e/models/$1/');
    const read = (name: string) => readFile(join(folder, normalize(name))).catch(() => null);
    const file = (await read(named)) ?? (await read(shared(named)));
    for (const [part, fault] of faults) if (path.includes(part) && fault(request, response, file)) return;
    if (!file) return void response.writeHead(404).end('not here');
    sendFile(request, response, file, named);
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    fault(path, fault) {
      faults.set(path, fault);
      return () => void faults.delete(path);
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** tiny-bert has the words of the large model, and no tokenizer of its own. */
function shared(path: string): string {
  return path.replace(/^\/e2e\/models\/[^/]+\/tokenizer\.json$/, '/models/all-MiniLM-L6-v2/tokenizer.json');
}

/** Whole, or the rest of it: a download that broke goes on where it stopped. */
export function sendFile(request: IncomingMessage, response: ServerResponse, file: Buffer, path: string): void {
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  response.setHeader('Content-Type', TYPES[extname(path)] ?? 'application/octet-stream');
  response.setHeader('ETag', `"${file.length}"`);
  response.setHeader('Content-Length', file.length - from);
  if (from > 0) response.writeHead(206, { 'Content-Range': `bytes ${from}-${file.length - 1}/${file.length}` });
  response.end(file.subarray(from));
}
