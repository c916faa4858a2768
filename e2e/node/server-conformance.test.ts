/** The server as built, by the cases of e2e/server, wherever it runs without a page: as a function, over HTTP, in Deno, Bun and workerd. */
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { serve as serveHono } from '@hono/node-server';
import { LLM } from 'rockpool/edge';
import { createHandler } from 'rockpool/server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cases } from '../server/cases.ts';
import { bundleWorker, startWorkerd } from '../server/hosts/workerd.mjs';
import { runCases, type Target } from '../server/run-cases.ts';
import { fileOf, loadModels, serversOf } from '../server/servers.ts';
import { overHttp, target } from '../server/targets.ts';
import { serve } from './processes.ts';
import { runtimes } from './runtimes.ts';

const root = join(import.meta.dirname, '../..');
const read = (path: string) => readFile(join(root, path)).catch(() => null);

async function expectAll(to: Target): Promise<void> {
  const { failures, passed, left } = await runCases(cases, to);
  console.log(`${to.name}: ${passed} of ${cases.length} cases`);
  expect(failures).toEqual([]);
  expect(left).toEqual({});
}

describe('Node', () => {
  let answer: (request: Request) => Promise<Response>;
  beforeAll(async () => {
    const source = (folder: string) => async (path: string) => {
      const file = await read(fileOf(folder, path));
      return file && new Response(file);
    };
    answer = serversOf(await loadModels((folder, options) => LLM.load(source(folder), options)), createHandler);
  }, 60_000);

  test('as a function', () => expectAll(target('Node, a function', answer)));

  test('over HTTP', async () => {
    const server = serveHono({ fetch: answer, port: 0, hostname: '127.0.0.1' });
    await new Promise((resolve) => server.once('listening', resolve));
    await expectAll(overHttp('Node, @hono/node-server', `http://127.0.0.1:${(server.address() as AddressInfo).port}`)).finally(() =>
      server.close(),
    );
  });
});

describe.each(['Deno', 'Bun'] as const)('%s', (name) => {
  test('over HTTP', { timeout: 120_000 }, async () => {
    const [command, ...args] = runtimes[name]();
    const server = await serve(command, [...args, join(root, 'e2e/server/hosts/serve.mjs')], /(http:\/\/127\.0\.0\.1:\d+)/, root);
    await expectAll(overHttp(name, server.found)).finally(() => server.stop());
  });
});

describe('workerd', () => {
  let worker: Awaited<ReturnType<typeof startWorkerd>>;
  beforeAll(async () => {
    const modules = await bundleWorker(join(root, 'e2e/server/hosts/worker.js'));
    const files = async (request: { url: string }) => {
      const file = await read(decodeURIComponent(new URL(request.url).pathname));
      return (file === null ? new Response('not here', { status: 404 }) : new Response(file)) as never;
    };
    worker = await startWorkerd(modules, { serviceBindings: { FILES: files } });
  }, 60_000);
  afterAll(() => worker.stop());

  test('over HTTP', { timeout: 120_000 }, () => expectAll(overHttp('workerd', worker.url)));
});
