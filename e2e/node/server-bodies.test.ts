/** Bodies on raw sockets that are slow, cut, endless, too large or lied about: each gets its error in time, and the server goes on as before. */
import { connect, type Socket } from 'node:net';
import { LLM } from 'rockpool/edge';
import { createHandler } from 'rockpool/server';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { listen, post, serverLoad, until, type Running } from './server-process.ts';
import { load } from './tiny-model.ts';

const MOST = 2 ** 20;
let llm: LLM;
let server: Running;
/** What the handler has answered: a client that left hears nothing. */
let statuses: number[] = [];

beforeAll(async () => {
  llm = await load('tiny-bert-poolings');
  const handler = createHandler(llm, { maxBodyBytes: MOST, bodyTimeout: 300 });
  server = await listen(async (request) => {
    const response = await handler(request);
    if (request.method === 'POST') statuses.push(response.status);
    return response;
  });
}, 60_000);
afterAll(async () => {
  await server.stop();
  await llm.dispose();
});

/** Whatever came before: nothing is left of it. */
afterEach(async () => {
  await until(async () => (await serverLoad(server.url)) === 0);
  const response = await post(`${server.url}/v1/embeddings`, { input: 'still here' });
  expect(response.status).toBe(200);
  expect(((await response.json()) as { data: unknown[] }).data).toHaveLength(1);
  statuses = [];
});

interface Connection {
  socket: Socket;
  /** All that has come so far. */
  received(): string;
  status(): number | null;
  closed: Promise<void>;
}

function open(): Connection {
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  let text = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
  // A server that has enough of a client resets the connection, which is what is tested.
  socket.on('error', () => {});
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
  const status = () => Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 0) || null;
  return { socket, received: () => text, status, closed };
}

const head = (...headers: string[]) =>
  ['POST /v1/embeddings HTTP/1.1', 'Host: localhost', 'Content-Type: application/json', ...headers, '', ''].join('\r\n');
const valid = JSON.stringify({ input: 'hello' });

describe('Bodies that do not come', () => {
  test('a drip is 408 after the limit for bodies, however often a byte comes', async () => {
    const { socket, status, received } = open();
    const begin = performance.now();
    socket.write(head(`Content-Length: ${valid.length}`));
    const drip = setInterval(() => socket.write(' '), 50);
    await until(() => status() !== null);
    clearInterval(drip);
    expect(status()).toBe(408);
    expect(received()).toContain('The body did not come within 0.3 s.');
    expect(performance.now() - begin).toBeLessThan(3_000);
    socket.destroy();
  });

  test('a body of which nothing comes is 408', async () => {
    const { socket, status } = open();
    socket.write(head('Content-Length: 100'));
    await until(() => status() !== null);
    expect(status()).toBe(408);
    socket.destroy();
  });

  test('a connection that is cut in the middle of a body leaves nothing behind', async () => {
    for (const end of ['destroy', 'resetAndDestroy'] as const) {
      const { socket, closed } = open();
      socket.write(head(`Content-Length: ${valid.length}`) + valid.slice(0, 5));
      await new Promise((resolve) => setTimeout(resolve, 30));
      socket[end]();
      await closed;
    }
    await until(() => statuses.length === 2);
    expect(statuses).toEqual([499, 499]);
  });

  test('many that are cut at any byte', async () => {
    const message = head(`Content-Length: ${valid.length}`) + valid;
    await Promise.all(
      Array.from({ length: 60 }, async (_, i) => {
        const { socket, closed } = open();
        await new Promise<void>((resolve) => socket.write(message.slice(0, Math.floor((message.length * i) / 60)), () => resolve()));
        socket.destroy();
        await closed;
      }),
    );
    await new Promise((resolve) => setTimeout(resolve, 100));
  });
});

describe('Bodies that are too large', () => {
  test('an endless one is 413 while it comes, and its sender is stopped', async () => {
    const { socket, status, closed } = open();
    socket.write(head('Transfer-Encoding: chunked'));
    const chunk = `4000\r\n${' '.repeat(0x4000)}\r\n`;
    let sent = 0;
    const pump = () => {
      while (!socket.destroyed && socket.write(chunk)) sent += 0x4000;
      if (!socket.destroyed) socket.once('drain', pump);
    };
    pump();
    await until(() => status() !== null || socket.destroyed);
    await closed;
    // Those that the test before cut may be told only now.
    expect(statuses.filter((one) => one !== 499)).toEqual([413]);
    expect(status()).toBe(413);
    // What the listener reads on so that the sender hears of it, and what lies in the buffers of the two sockets, come on top.
    expect(sent).toBeLessThan(MOST + 96 * 2 ** 20);
  });

  test('one that says so is 413 before it comes', async () => {
    const { socket, status } = open();
    socket.write(head(`Content-Length: ${MOST + 1}`));
    await until(() => status() !== null);
    expect(status()).toBe(413);
    socket.destroy();
  });

  test('one of exactly the limit is read, and one byte more is not', async () => {
    const ask = async (bytes: number) => (await post(`${server.url}/v1/embeddings`, valid.padEnd(bytes, ' '))).status;
    expect(await ask(MOST)).toBe(200);
    expect(await ask(MOST + 1)).toBe(413);
  });
});

describe('Lengths that are lies', () => {
  test('more than was said: the rest is another request, and garbage is 400 and the end of the connection', async () => {
    const { socket, received, closed } = open();
    socket.write(`${head(`Content-Length: ${valid.length}`)}${valid}}}}}garbage\r\n\r\n`);
    await closed;
    expect(received()).toMatch(/^HTTP\/1\.1 (200|400)/);
    expect(received()).toMatch(/HTTP\/1\.1 400 Bad Request\r\nConnection: close\r\n\r\n$/);
  });

  test('less than was said: 408, as it may still come', async () => {
    const { socket, status } = open();
    socket.write(head(`Content-Length: ${valid.length + 1}`) + valid);
    await until(() => status() !== null);
    expect(status()).toBe(408);
    socket.destroy();
  });

  test.each(['-1', '1e3', 'abc', '5, 6', '99999999999999999999999'])('Content-Length: %s', async (length) => {
    const { socket, status } = open();
    socket.write(head(`Content-Length: ${length}`) + valid);
    await until(() => status() !== null);
    expect([400, 413]).toContain(status());
    socket.destroy();
  });

  test('two lengths, and a length beside chunks: never two readings of one message', async () => {
    for (const headers of [
      ['Content-Length: 5', `Content-Length: ${valid.length}`],
      [`Content-Length: ${valid.length}`, 'Transfer-Encoding: chunked'],
    ]) {
      const { socket, status } = open();
      socket.write(head(...headers) + valid);
      await until(() => status() !== null);
      expect(status()).toBe(400);
      socket.destroy();
    }
  });

  test('chunks with sizes that are none', async () => {
    const { socket, status } = open();
    socket.write(`${head('Transfer-Encoding: chunked')}zz\r\n${valid}\r\n0\r\n\r\n`);
    await until(() => status() !== null);
    expect(status()).toBe(400);
    socket.destroy();
  });
});

describe('Requests one behind the other on a connection', () => {
  test('are answered in their order', async () => {
    const { socket, received } = open();
    const one = (id: string) => head(`Content-Length: ${valid.length}`, `X-Request-Id: ${id}`) + valid;
    socket.write(Array.from({ length: 20 }, (_, i) => one(`n${i}`)).join(''));
    const ids = () => [...received().matchAll(/x-request-id: (\w+)/gi)].map(([, id]) => id);
    await until(() => ids().length === 20);
    expect(ids()).toEqual(Array.from({ length: 20 }, (_, i) => `n${i}`));
    socket.destroy();
  });

  test('after one that was refused before its body was read, are not taken out of that body', async () => {
    const { socket, received, closed } = open();
    const smuggled = head(`Content-Length: ${valid.length}`, 'X-Request-Id: smuggled') + valid;
    socket.write(head(`Content-Length: ${smuggled.length}`, 'Content-Encoding: gzip', 'X-Request-Id: outer') + smuggled);
    await until(() => received().includes('HTTP/1.1 415'));
    await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 300))]);
    expect(received()).not.toContain('smuggled');
    socket.destroy();
  });
});

describe('Bodies that come in an odd way, and are right', () => {
  test('in chunks of one byte each, and the header in pieces', async () => {
    const { socket, status, received } = open();
    for (const piece of head('Transfer-Encoding: chunked').match(/[^]{1,9}/g)!) {
      socket.write(piece);
      await new Promise((resolve) => setImmediate(resolve));
    }
    for (const byte of valid) socket.write(`1\r\n${byte}\r\n`);
    socket.write('0\r\n\r\n');
    await until(() => status() !== null);
    expect(status()).toBe(200);
    await until(() => received().includes('"usage"'));
    socket.destroy();
  });

  test('with Expect: 100-continue, as curl sends it with long bodies', async () => {
    const { socket, received } = open();
    socket.write(head(`Content-Length: ${valid.length}`, 'Expect: 100-continue'));
    await until(() => received().includes('100 Continue'));
    socket.write(valid);
    await until(() => received().includes('HTTP/1.1 200 OK'));
    socket.destroy();
  });
});
