/** docs/api.md: its lines are run as they stand, and it names every route, option, status and metric that there is. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { serve as listen } from '@hono/node-server';
import { createHandler, type Handler } from 'rockpool/server';
import { LLM } from 'rockpool/edge';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AddressInfo } from 'node:net';
import { run, tempFolder } from './processes.ts';

const root = join(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/api.md'), 'utf8');
/** `\` at the end of a line goes on in the next. */
const lines = [...page.matchAll(/^```sh\n([\s\S]*?)^```/gm)]
  .flatMap(([, block]) => block!.replaceAll('\\\n', ' ').trim().split('\n'))
  .filter((line) => line.startsWith('curl '));

let handler: Handler;
let url: string;
let folder: { path: string; remove: () => Promise<void> };
const toClose: (() => Promise<unknown> | void)[] = [];

beforeAll(async () => {
  folder = await tempFolder();
  const models = join(root, 'models');
  const embedder = await LLM.load(join(models, 'all-MiniLM-L6-v2'), { heads: { sections: join(models, 'heads/debian-sections') } });
  const reranker = await LLM.load(join(models, 'debian-reranker'));
  handler = createHandler({ 'all-MiniLM-L6-v2': embedder, 'debian-reranker': reranker });
  const server = listen({ fetch: handler, port: 0, hostname: '127.0.0.1' });
  await new Promise((resolve) => server.once('listening', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  toClose.push(
    () => void server.close(),
    () => embedder.dispose(),
    () => reranker.dispose(),
    folder.remove,
  );
});

afterAll(async () => {
  for (const close of toClose) await close();
});

describe('its lines', () => {
  test('are one at least for each route', () => {
    const missing = Object.keys(pathsOf()).filter((path) => !page.includes(path));
    expect(missing).toEqual([]);
    expect(lines.length).toBeGreaterThanOrEqual(15);
  });
  test.each(lines.map((line) => [line]))('%s', async (line) => {
    const { stdout } = await run(
      'sh',
      ['-c', line.replaceAll('http://localhost:8000', url).replace('curl ', 'curl -sS --fail-with-body -w "\\n%{http_code}" ')],
      {
        cwd: folder.path,
      },
    );
    expect(stdout.split('\n').at(-1)).toBe('200');
    expect(stdout).not.toContain('NaN');
  });
  test('and answer what they promise', async () => {
    const post = async <T>(path: string, body: object) => {
      const request = new Request(url + path, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      });
      return (await (await handler(request)).json()) as T;
    };
    const scored = await post<{ data: { score: number }[] }>('/score', bodyOf('/score'));
    expect(scored.data[0]!.score).toBeGreaterThan(scored.data[1]!.score);
    const best = await post<{ results: { index: number }[] }>('/v2/rerank', bodyOf('/v2/rerank'));
    expect(best.results.map(({ index }) => index)).toEqual([1]);
    const kind = await post<{ data: { label: string }[] }>('/classify', bodyOf('/classify'));
    expect(kind.data[0]!.label).toBe('haskell');
    expect((await post<{ prompt: string }>('/detokenize', bodyOf('/detokenize'))).prompt).toBe('[CLS] hello [SEP]');
  });
});

function pathsOf(): Record<string, unknown> {
  const source = readFileSync(join(root, 'src/server/routes/table.ts'), 'utf8');
  return Object.fromEntries(
    [...source.matchAll(/'(\/[\w./]+)'/g)].map(([, path]) => [path!, null]).filter(([path]) => !String(path).includes('..')),
  );
}

function bodyOf(path: string): object {
  const line = lines.find((one) => one.includes(`:8000${path} `))!;
  return JSON.parse(/-d '(.*)'$/.exec(line)![1]!) as object;
}

/** Names in a source file, by a pattern, that the page has to have. */
test.each([
  ['options.ts', /^ {2}(\w+)\?: /gm],
  ['server-metrics.ts', /'(rockpool:\w+)'/g],
  ['http-error.ts', /HttpError\((\d{3})/g],
  ['error-answer.ts', /HttpError\((\d{3})/g],
  ['error-answer.ts', /'(x-[\w-]+)'/g],
  ['read-body.ts', /HttpError\((\d{3})/g],
  ['timing-headers.ts', /'(x-[\w-]+)'/g],
])('it names what %s has', (file, pattern) => {
  const source = readFileSync(join(root, 'src/server', file), 'utf8');
  const names = [...new Set([...source.matchAll(pattern)].map(([, name]) => name!))].filter((name) => name !== 'request_id');
  expect(names.length).toBeGreaterThan(0);
  expect(names.filter((name) => !page.includes(name))).toEqual([]);
});

test('every stage has its metric, as the page says', async () => {
  const text = await (await handler(new Request(`${url}/metrics`))).text();
  const metrics = [...page.matchAll(/`(rockpool:\w+)`/g)].map(([, name]) => name!);
  expect(metrics.filter((name) => !text.includes(`# TYPE ${name} `))).toEqual([]);
});
