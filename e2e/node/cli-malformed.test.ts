/** What a socket says that is no request is answered in the shape of every other error. */
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { createHandler } from 'rockpool/server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listen, type Listener } from '../../bin/listen.ts';

let listener: Listener;
beforeAll(async () => {
  const info = { model: 'm', tasks: ['embed'], heads: [], max_embed_len: 512 };
  listener = await listen(createHandler({ info, embed: () => {} } as never), { host: '127.0.0.1', port: 0 });
});
afterAll(() => listener.close(0));

test.each([
  [400, 'BadRequestError', 'no HTTP', 'hello\r\n\r\n'],
  [400, 'BadRequestError', 'a host that is none', 'GET /version HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n'],
  [431, 'Request Header Fields Too Large', 'endless headers', `GET /version HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`],
])('%i, %s: %s', async (status, type, _, sent) => {
  const socket = connect(Number(new URL(listener.url).port), '127.0.0.1');
  socket.write(sent);
  const [head, body] = (await text(socket)).split('\r\n\r\n') as [string, string];
  expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(head.toLowerCase()).toContain('content-type: application/json');
  const error = JSON.parse(body) as { code: number; type: string; message: string };
  expect(error).toMatchObject({ code: status, type, error: { code: status, message: error.message } });
});
