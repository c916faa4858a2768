import { expect, test, vi } from 'vitest';
import { ask, type Server } from './ask.ts';

test('an answer that is larger than any can be is not read on', async () => {
  const read = vi.fn(async () => ({ done: false, value: { length: 2 ** 29 + 1 } }));
  const cancel = vi.fn(async () => {});
  const answer = { ok: true, status: 200, headers: new Headers(), body: { getReader: () => ({ read, cancel }) } };
  const server = { title: 'a server', base: new URL('http://server'), headers: new Headers(), timeout: 60_000, maxRetries: 3 };
  const asked = ask({ ...server, fetch: async () => answer } as unknown as Server, '/embed', {}, new AbortController().signal);
  await expect(asked).rejects.toMatchObject({
    code: 'server-error',
    message: expect.stringContaining('more than 536870912 bytes') as string,
  });
  expect([read.mock.calls.length, cancel.mock.calls.length]).toEqual([1, 1]);
});
