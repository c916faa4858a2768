/** `llm.fetch` where the server's code does not come at once: the next request asks for it again. */
import { afterEach, expect, test, vi } from 'vitest';
import { localFetch } from './local-fetch.ts';
import { embed, fakeModel, jsonOf } from './server/model-for-tests.ts';

afterEach(() => {
  vi.doUnmock('./server.ts');
  vi.resetModules();
});

/** The chunk fails so many times. */
function brokenFor(times: number): void {
  vi.doMock('./server.ts', async (original) => {
    if (times-- > 0) throw new TypeError('Failed to fetch dynamically imported module: http://host/server-1234.js');
    return original();
  });
}

test('a chunk that does not come is a clear error, and is asked for again', async () => {
  brokenFor(1);
  const fetchLocal = localFetch(fakeModel());
  // At once, as a page sends them: both wait for the one chunk.
  const first = await Promise.allSettled([fetchLocal(embed()), fetchLocal(embed())]);
  for (const outcome of first) {
    expect(outcome).toMatchObject({ status: 'rejected', reason: { name: 'PoolingError', code: 'download-failed' } });
    expect(String((outcome as PromiseRejectedResult).reason.message)).toMatch(/^The code of llm\.fetch did not come: /);
  }
  const response = await fetchLocal(embed());
  expect(response.status).toBe(200);
  expect((await jsonOf<{ data: unknown[] }>(response)).data).toHaveLength(1);
});

test('an abort ends the wait for it, or keeps it from beginning', async () => {
  vi.doMock('./server.ts', () => new Promise(() => {}));
  const controller = new AbortController();
  const fetchLocal = localFetch(fakeModel());
  const answer = fetchLocal(embed({}, {}, controller.signal));
  controller.abort(new Error('enough'));
  await expect(answer).rejects.toThrow('enough');
  await expect(fetchLocal(embed({}, {}, controller.signal))).rejects.toThrow('enough');
});
