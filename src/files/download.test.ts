import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { download, isOffline, type Download, type DownloadOptions } from './download.ts';
import { bare } from './request-for-tests.ts';
import { answer, cutAfter, startServer, testBytes, type TestServer } from './server-for-tests.ts';
import { openSource } from './source.ts';

const file = testBytes(300_000);
let server: TestServer;

beforeEach(async () => {
  server = await startServer();
  server.files.set('a.bin', file);
});
afterEach(() => server.close());

/** Vitest's own comparison takes a second for so many bytes. */
const isFile = (got: Download | null) => got !== null && Buffer.compare(got.bytes, file) === 0;

async function get(options: Partial<DownloadOptions> = {}, base = server.url) {
  const source = await openSource({ kind: 'url', base }, bare);
  return download(source, 'a.bin', { html: 'invalid', pauseMs: 1, ...options });
}

test('a file comes whole, with its size and version', async () => {
  const loaded: number[] = [];
  const got = await get({ onBytes: (each) => loaded.push(each.loaded) });
  expect(got).toMatchObject({ loaded: file.length, total: file.length, validator: '"v1"' });
  expect(isFile(got)).toBe(true);
  expect(loaded[0]).toBe(0);
  expect(loaded.at(-1)).toBe(file.length);
});

test.each([404, 410])('%i means that there is no such file, without a second try', async (status) => {
  server.faults.set('a.bin', [answer(status)]);
  expect(await get()).toBeNull();
  expect(server.requests).toHaveLength(1);
});

test.each([401, 403, 400])('%i is an error that names file, URL and status', async (status) => {
  server.faults.set('a.bin', [answer(status)]);
  await expect(get()).rejects.toMatchObject({
    code: 'download-failed',
    message: expect.stringMatching(new RegExp(`a\\.bin.*${server.url}/a\\.bin.*HTTP ${status}`)),
  });
  expect(server.requests).toHaveLength(1);
});

test.each([500, 503, 429, 408])('%i is tried again', async (status) => {
  server.faults.set('a.bin', [answer(status), answer(status, { 'retry-after': '0' })]);
  expect(isFile(await get())).toBe(true);
  expect(server.requests).toHaveLength(3);
});

test('a server that only fails is given up after the retries', async () => {
  server.faults.set('a.bin', Array(9).fill(answer(502)));
  await expect(get({ retries: 2 })).rejects.toMatchObject({
    code: 'download-failed',
    message: expect.stringContaining('HTTP 502 Bad Gateway, after 3 tries'),
  });
  expect(server.requests).toHaveLength(3);
});

test('no network is an error that can be told apart', async () => {
  const { url } = server;
  await server.close();
  const error: unknown = await get({ retries: 1 }, url).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'download-failed', message: expect.stringContaining('after 2 tries') });
  expect(isOffline(error)).toBe(true);
  server = await startServer();
});

test('a cut connection goes on at the byte where it broke', async () => {
  server.faults.set('a.bin', [cutAfter(100_000)]);
  expect(isFile(await get())).toBe(true);
  expect(server.requests).toEqual(['a.bin', 'a.bin bytes=100000-']);
});

test('tries that bring the file forward are free', async () => {
  const cutRest =
    (from: number, bytes: number) =>
    (...[, response, content]: Parameters<ReturnType<typeof cutAfter>>) => {
      response.writeHead(206, {
        etag: '"v1"',
        'content-length': content.length - from,
        'content-range': `bytes ${from}-${content.length - 1}/${content.length}`,
      });
      response.write(content.subarray(from, from + bytes), () => setTimeout(() => response.destroy(), 20));
    };
  server.faults.set('a.bin', [cutAfter(70_000), cutRest(70_000, 70_000), cutRest(140_000, 70_000)]);
  expect(isFile(await get({ retries: 0 }))).toBe(true);
  expect(server.requests).toHaveLength(4);
});

test.each([
  ['ignores Range', () => (server.ranges = false), ['a.bin', 'a.bin bytes=100000-']],
  ['has another version by now', () => (server.etag = () => '"v2"'), ['a.bin', 'a.bin bytes=100000-', 'a.bin']],
])('a server that %s makes the file start again', async (_, change, requests) => {
  server.faults.set('a.bin', [cutAfter(100_000)]);
  change();
  expect(isFile(await get())).toBe(true);
  expect(server.requests).toEqual(requests);
});

test.each([
  ['no version', {}],
  ['a weak ETag', { etag: 'W/"v1"' }],
])('a file with %s is never put together from two answers', async (_, headers) => {
  server.faults.set('a.bin', [cutAfter(100_000, headers as Record<string, string>)]);
  expect(isFile(await get())).toBe(true);
  expect(server.requests).toEqual(['a.bin', 'a.bin']);
});

test('a 416 makes the file start again', async () => {
  server.faults.set('a.bin', [cutAfter(100_000), answer(416)]);
  expect(isFile(await get())).toBe(true);
  expect(server.requests).toEqual(['a.bin', 'a.bin bytes=100000-', 'a.bin']);
});

test('the last try asks for the whole file', async () => {
  server.faults.set('a.bin', [cutAfter(50_000), answer(500)]);
  expect(isFile(await get({ retries: 2 }))).toBe(true);
  expect(server.requests).toEqual(['a.bin', 'a.bin bytes=50000-', 'a.bin']);
});

test('an earlier download is gone on with', async () => {
  const bytes = new Uint8Array(file.length);
  bytes.set(file.subarray(0, 200_000));
  const got = await get({ resume: { bytes, loaded: 200_000, total: file.length, validator: '"v1"' } });
  expect(isFile(got)).toBe(true);
  expect(server.requests).toEqual(['a.bin bytes=200000-']);
});

test('a body that stands still counts as broken', async () => {
  server.faults.set('a.bin', [(_, response) => void response.writeHead(200, { 'content-length': 300_000 }).write(file.subarray(0, 10))]);
  expect(isFile(await get({ stallMs: 100 }))).toBe(true);
});

test('a server that never answers is given up', async () => {
  server.faults.set(
    'a.bin',
    Array(2).fill(() => {}),
  );
  await expect(get({ stallMs: 50, retries: 1 })).rejects.toMatchObject({
    code: 'download-failed',
    message: expect.stringContaining('nothing came for 0.05 s'),
  });
});

test('a compressed body is not measured by its announced length', async () => {
  const packed = gzipSync(file);
  server.faults.set('a.bin', [
    (_, response) => void response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': packed.length }).end(packed),
  ]);
  const got = await get();
  expect(got).toMatchObject({ total: file.length, validator: null });
  expect(isFile(got)).toBe(true);
});

test('a body of unknown length is read to its end', async () => {
  server.faults.set('a.bin', [
    (_, response) => {
      response.writeHead(200);
      response.write(file.subarray(0, 150_000));
      setTimeout(() => response.end(file.subarray(150_000)), 10);
    },
  ]);
  expect(isFile(await get())).toBe(true);
});

test('more bytes than were announced are kept', async () => {
  // A compressed answer of another origin, whose Content-Encoding is hidden.
  const read = async () => new Response(file as Uint8Array<ArrayBuffer>, { headers: { 'content-length': '1000' } });
  const source = await openSource({ kind: 'function', key: 'f', read }, bare);
  expect(isFile(await download(source, 'a.bin', { html: 'invalid' }))).toBe(true);
});

test('an HTML page is no file', async () => {
  const html = answer(200, { 'content-type': 'text/html; charset=utf-8' }, '<!doctype html>');
  server.faults.set('a.bin', [html, html]);
  expect(await get({ html: 'absent' })).toBeNull();
  await expect(get()).rejects.toMatchObject({ code: 'model-file-invalid', message: expect.stringMatching(/a\.bin.*HTML page/) });
});

test('an abort ends the download while it waits for headers, for bytes, or for the next try', async () => {
  const stall = (...[, response]: Parameters<ReturnType<typeof cutAfter>>) =>
    void response.writeHead(200, { 'content-length': 9 }).write('a');
  for (const fault of [() => {}, stall, answer(500)]) {
    server.faults.set('a.bin', [fault]);
    const controller = new AbortController();
    setTimeout(() => controller.abort('enough'), 50);
    await expect(get({ signal: controller.signal, pauseMs: 60_000 })).rejects.toMatchObject({ code: 'aborted', cause: 'enough' });
  }
  await expect(get({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'aborted' });
  expect(isFile(await get())).toBe(true);
});

test('a local file that cannot be read is not tried again', async () => {
  let calls = 0;
  const read = () => (calls++, Promise.reject(new Error('disk on fire')));
  const source = await openSource({ kind: 'function', key: 'folder', read }, bare);
  await expect(download(source, 'a.bin', { html: 'invalid' })).rejects.toMatchObject({
    code: 'download-failed',
    message: expect.stringContaining('disk on fire'),
  });
  expect(calls).toBe(1);
});
