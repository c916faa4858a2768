/** demo/edge/service-worker/sw.js without a browser: of the pages that it asks, one answers, and the ports of all others are closed. */
import { readFileSync } from 'node:fs';
import { createContext, runInContext } from 'node:vm';
import { expect, test } from 'vitest';

const source = readFileSync(new URL('../../demo/edge/service-worker/sw.js', import.meta.url), 'utf8');

class Port {
  onmessage: ((event: { data: unknown }) => void) | null = null;
  sent: unknown[] = [];
  isClosed = false;
  postMessage = (data: unknown) => void this.sent.push(data);
  close = () => void (this.isClosed = true);
}

/** `has`: for each page, whether it has a model. */
function worker(has: readonly boolean[]) {
  const ports: Port[] = [];
  const pages = has.map((_, id) => ({ id, postMessage: () => {} }));
  const listeners: Record<string, (event: object) => void> = {};
  runInContext(
    source,
    createContext({
      URL,
      Response,
      location: { origin: 'http://site' },
      addEventListener: (name: string, listener: (event: object) => void) => (listeners[name] = listener),
      clients: { matchAll: async () => pages, get: async (id: number) => pages[id] },
      MessageChannel: class {
        port1 = new Port();
        port2 = ports.push(this.port1);
      },
      // Only the wait for an owner ends.
      setTimeout: (call: () => void) => (has.includes(true) ? 0 : setTimeout(call)),
      clearTimeout: () => {},
      setInterval: () => 0,
      clearInterval: () => {},
    }),
  );
  let answer: Promise<Response>;
  const request = new Request('http://site/v1/embeddings', { method: 'POST', body: '{}' });
  listeners['fetch']!({ request, respondWith: (given: Promise<Response>) => (answer = given) });
  return { ports, answer: answer!, asked: () => ports.length === pages.length && ports.every(({ onmessage }) => onmessage) };
}

const until = async (isSo: () => unknown) => {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 1));
};

test('of a page that has none, before the answer; of the one that answered, after it', async () => {
  const { ports, answer, asked } = worker([false, true, false]);
  await until(asked);
  ports[1]!.onmessage!({ data: true });
  await until(() => ports[1]!.sent.length > 0);
  expect(ports.map(({ isClosed }) => isClosed)).toEqual([true, false, true]);
  ports[1]!.onmessage!({ data: { status: 200, headers: [], body: 'x' } });
  expect((await answer).status).toBe(200);
  expect(ports[1]!.isClosed).toBe(true);
});

test('of all pages, where none has one', async () => {
  const { ports, answer } = worker([false, false]);
  expect((await answer).status).toBe(503);
  expect(ports.map(({ isClosed }) => isClosed)).toEqual([true, true]);
});
