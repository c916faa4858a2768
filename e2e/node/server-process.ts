/** Servers on loopback for the tests: a handler behind a socket of this process, or models in a process of their own; and requests to them. */
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { getRequestListener } from '@hono/node-server';
import type { LLM, LoadOptions } from 'rockpool/edge';
import type { PoolingModel, ServerOptions } from 'rockpool/server';
import { serve } from './processes.ts';

const root = join(import.meta.dirname, '../..');
export const miniLmFolder = join(root, 'models/all-MiniLM-L6-v2');

/** As e2e/clients/serve.mjs takes it. `folder` from the repository's root. */
export interface ServedFolder {
  folder: string;
  load?: LoadOptions;
  files?: Readonly<Record<string, string>>;
}

export interface Running {
  url: string;
  stop(): Promise<void>;
}

/** A process of its own: no client shares its event loop, and none of its globals are this process's. */
export async function serveModels(models: Readonly<Record<string, ServedFolder>>, options: ServerOptions = {}): Promise<Running> {
  const program = join(root, 'e2e/clients/serve.mjs');
  const { found, stop } = await serve(process.execPath, [program, JSON.stringify({ models, options })], /^(http:.*)$/m, root);
  return { url: found, stop };
}

/** In this process: for handlers that a test looks into. Without hono's own Request and Response, which would be every test's in this process. */
export async function listen(handler: (request: Request) => Promise<Response>): Promise<Running> {
  const server = createServer(getRequestListener((request) => handler(request), { overrideGlobalObjects: false }));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop };
}

export function post(url: string, body: unknown, init: RequestInit = {}): Promise<Response> {
  const headers = { 'Content-Type': 'application/json', ...(init.headers as Record<string, string> | undefined) };
  return fetch(url, { method: 'POST', ...init, headers, body: typeof body === 'string' ? body : JSON.stringify(body) });
}

export async function serverLoad(url: string): Promise<number> {
  const { server_load } = (await (await fetch(`${url}/load`)).json()) as { server_load: number };
  return server_load;
}

/** Resolves when `is` gives true; rejects after `limit` milliseconds. */
export async function until(is: () => boolean | Promise<boolean>, limit = 30_000): Promise<void> {
  const end = performance.now() + limit;
  while (!(await is())) {
    if (performance.now() > end) throw new Error(`It is still not so after ${limit} ms: ${is}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export interface Gate {
  /** Calls that wait at the gate, by their first prompt, in the order in which they came. */
  entered: string[];
  open(): void;
}

/** A model whose `embed` waits at a gate, as long as the test holds it: so that what happens meanwhile is no matter of luck. */
export function gated(llm: LLM): { model: PoolingModel; gate: Gate } {
  let release = (): void => {};
  const opened = new Promise<void>((resolve) => (release = resolve));
  const gate: Gate = { entered: [], open: () => release() };
  const embed: PoolingModel['embed'] = async (prompts, options) => {
    gate.entered.push(String(Array.isArray(prompts) ? prompts[0] : prompts));
    const { signal } = options as { signal: AbortSignal };
    await Promise.race([opened, new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))]);
    return llm.embed(prompts, options);
  };
  // A class has its methods on its prototype, and its private fields in itself.
  const model = new Proxy(llm, {
    get(target, name) {
      if (name === 'embed') return embed;
      const value = Reflect.get(target, name, target) as unknown;
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return { model, gate };
}

/** Equal for equal bits. */
export function bitsOf(values: Float32Array): string {
  return createHash('sha256')
    .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    .digest('hex');
}
