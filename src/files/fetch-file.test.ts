import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { PoolingError } from '../errors.ts';
import type { LogEntry } from '../types.ts';
import { PART_BYTES, partKey, recordKey } from './cache-key.ts';
import { clearCache, inspectCache } from './cache-inspect.ts';
import { openFileCache } from './cache.ts';
import { fakeCaches, type FakeCaches } from './caches-for-tests.ts';
import { fetchFile, type FileRequest } from './fetch-file.ts';
import { createIntegrityCheck } from './integrity.ts';
import { bare } from './request-for-tests.ts';
import { answer, cutAfter, startServer, testBytes, type TestServer } from './server-for-tests.ts';
import { openSource } from './source.ts';

/** Two full parts and a short one. */
const large = testBytes(2 * PART_BYTES + 1000);
const hashOf = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex');
const same = (a: Uint8Array | undefined, b: Uint8Array) => a !== undefined && Buffer.compare(a, b) === 0;

let server: TestServer;
let caches: FakeCaches;
let logged: LogEntry[];

beforeEach(async () => {
  server = await startServer();
  server.files.set('m/large.bin', large).set('m/small.json', '{"a":1}');
  caches = fakeCaches();
  logged = [];
  vi.stubGlobal('caches', caches.storage);
});
afterEach(async () => {
  vi.unstubAllGlobals();
  await server.close();
});

async function get(path: string, request: Partial<FileRequest<unknown>> = {}, integrity: Record<string, string> = {}) {
  const source = await openSource({ kind: 'url', base: `${server.url}/m` }, bare);
  const cache = await openFileCache(source.key, (entry) => logged.push(entry));
  const context = { source, cache, integrity: createIntegrityCheck(integrity), progress: null };
  return fetchFile(context, { path, parse: () => null, html: 'absent', ...request });
}
const key = (...rest: [string, number]) => partKey(`${server.url}/m`, ...rest);

test('a file is downloaded once, and then comes from the cache', async () => {
  for (let i = 0; i < 2; i++) {
    expect(same((await get('large.bin'))?.bytes, large)).toBe(true);
    expect((await get('small.json'))?.version).toBe('"v1"/7');
  }
  expect(server.requests).toEqual(['m/large.bin', 'm/small.json']);
  expect(await inspectCache()).toEqual([
    {
      model: `${server.url}/m`,
      files: [
        { path: 'large.bin', bytes: large.length, complete: true },
        { path: 'small.json', bytes: 7, complete: true },
      ],
      bytes: large.length + 7,
    },
  ]);
});

test('two loads at once make one download', async () => {
  const both = await Promise.all([get('large.bin'), get('large.bin')]);
  for (const file of both) expect(same(file?.bytes, large)).toBe(true);
  expect(server.requests).toEqual(['m/large.bin']);
});

test('Web Locks order the loads of several tabs, and forbidden ones do no harm', async () => {
  const names: string[] = [];
  vi.stubGlobal('navigator', { locks: { request: async (name: string, work: () => unknown) => (names.push(name), work()) } });
  await get('small.json');
  expect(names).toEqual([`rockpool ${server.url}/m/small.json`]);
  vi.stubGlobal('navigator', { locks: { request: () => Promise.reject(new DOMException('no', 'SecurityError')) } });
  expect((await get('small.json'))?.bytes).toHaveLength(7);
});

test('a load that was broken off goes on after the last whole part', async () => {
  const controller = new AbortController();
  server.faults.set('m/large.bin', [
    (_, response, file) => {
      response.writeHead(200, { 'content-length': file.length, etag: '"v1"' }).write(file.subarray(0, PART_BYTES + 5000));
      void vi.waitUntil(() => caches.entries.size === 2, { timeout: 10_000 }).then(() => controller.abort());
    },
  ]);
  await expect(get('large.bin', { signal: controller.signal })).rejects.toMatchObject({ code: 'aborted' });
  expect((await inspectCache())[0]?.files).toEqual([{ path: 'large.bin', bytes: PART_BYTES, complete: false }]);
  expect(same((await get('large.bin'))?.bytes, large)).toBe(true);
  expect(server.requests).toEqual(['m/large.bin', `m/large.bin bytes=${PART_BYTES}-`]);
  expect(same((await get('large.bin'))?.bytes, large)).toBe(true);
  expect(server.requests).toHaveLength(2);
});

test('a load that was broken off starts again if the file has changed since', async () => {
  const controller = new AbortController();
  server.faults.set('m/large.bin', [
    (_, response) => {
      response.writeHead(200, { 'content-length': large.length, etag: '"v0"' }).write(testBytes(PART_BYTES + 5000, 7));
      void vi.waitUntil(() => caches.entries.size === 2, { timeout: 10_000 }).then(() => controller.abort());
    },
  ]);
  await expect(get('large.bin', { signal: controller.signal })).rejects.toMatchObject({ code: 'aborted' });
  for (let i = 0; i < 2; i++) expect(same((await get('large.bin', {}, { 'large.bin': hashOf(large) }))?.bytes, large)).toBe(true);
  expect(server.requests).toEqual(['m/large.bin', `m/large.bin bytes=${PART_BYTES}-`, 'm/large.bin']);
});

test('parts of a version that is gone do not stay', async () => {
  const controller = new AbortController();
  server.faults.set('m/large.bin', [
    (_, response, file) => {
      response.writeHead(200, { 'content-length': file.length, etag: '"v0"' }).write(file.subarray(0, 2 * PART_BYTES + 5));
      void vi.waitUntil(() => caches.entries.size === 3, { timeout: 10_000 }).then(() => controller.abort());
    },
  ]);
  await expect(get('large.bin', { signal: controller.signal })).rejects.toMatchObject({ code: 'aborted' });
  expect(caches.entries.size).toBe(3);
  server.files.set('m/large.bin', 'short by now');
  expect((await get('large.bin'))?.bytes).toHaveLength(12);
  expect([...caches.entries.keys()].toSorted()).toEqual([key('large.bin', 0), recordKey(`${server.url}/m`, 'large.bin')]);
});

test('a full cache leaves nothing of a file that was then given up', async () => {
  const controller = new AbortController();
  caches.quota = PART_BYTES + 2000;
  server.faults.set('m/large.bin', [
    (_, response, file) => {
      response.writeHead(200, { 'content-length': file.length, etag: '"v1"' }).write(file.subarray(0, 2 * PART_BYTES + 5));
      void vi.waitUntil(() => logged.length === 1, { timeout: 10_000 }).then(() => controller.abort());
    },
  ]);
  await expect(get('large.bin', { signal: controller.signal })).rejects.toMatchObject({ code: 'aborted' });
  expect(caches.entries.size).toBe(0);
});

test('a tab that died between the last part and the record needs no download', async () => {
  await get('large.bin');
  const record = caches.entries.get(recordKey(`${server.url}/m`, 'large.bin'));
  record!.bytes = Buffer.from(Buffer.from(record!.bytes).toString().replace('"complete":true', '"complete":false'));
  expect(same((await get('large.bin'))?.bytes, large)).toBe(true);
  expect(server.requests).toHaveLength(1);
  expect((await inspectCache())[0]?.files[0]?.complete).toBe(true);
});

test.each<[string, (entries: FakeCaches['entries']) => void]>([
  ['is gone', (entries) => entries.delete(key('large.bin', 1))],
  ['is too short', (entries) => (entries.get(key('large.bin', 1))!.bytes = large.slice(0, 99))],
  ['is of another version', (entries) => entries.get(key('large.bin', 1))!.headers.set('x-rockpool-version', 'v0')],
])('a kept file of which a part %s is downloaded again', async (_, damage) => {
  await get('large.bin');
  damage(caches.entries);
  for (let i = 0; i < 2; i++) expect(same((await get('large.bin'))?.bytes, large)).toBe(true);
  expect(server.requests).toEqual(['m/large.bin', 'm/large.bin']);
});

test('a file with the wrong hash is an error that says all of it, and is not kept', async () => {
  const expected = hashOf('something else').toUpperCase();
  await expect(get('large.bin', {}, { 'large.bin': expected })).rejects.toMatchObject({
    code: 'integrity-mismatch',
    message: expect.stringMatching(new RegExp(`large\\.bin.*${server.url}/m/large\\.bin.*${hashOf(large)}.*${expected.toLowerCase()}`)),
  });
  expect(await inspectCache()).toEqual([]);
  expect(caches.entries.size).toBe(0);
  expect(same((await get('large.bin', {}, { 'large.bin': hashOf(large).toUpperCase() }))?.bytes, large)).toBe(true);
});

test('a kept file with the wrong hash is downloaded once more, and then is an error', async () => {
  await get('large.bin');
  caches.entries.get(key('large.bin', 1))!.bytes = testBytes(PART_BYTES, 99);
  expect(same((await get('large.bin', {}, { 'large.bin': hashOf(large) }))?.bytes, large)).toBe(true);
  await expect(get('large.bin', {}, { 'large.bin': hashOf('x') })).rejects.toMatchObject({ code: 'integrity-mismatch' });
  expect(server.requests).toHaveLength(3);
  expect(caches.entries.size).toBe(0);
});

test('a download that was put together and has the wrong hash is made once more', async () => {
  await get('large.bin');
  caches.entries.get(key('large.bin', 0))!.bytes = testBytes(PART_BYTES, 99);
  caches.entries.delete(key('large.bin', 2));
  const record = caches.entries.get(recordKey(`${server.url}/m`, 'large.bin'));
  record!.bytes = Buffer.from(Buffer.from(record!.bytes).toString().replace('"complete":true', '"complete":false'));
  expect(same((await get('large.bin', {}, { 'large.bin': hashOf(large) }))?.bytes, large)).toBe(true);
  expect(server.requests).toEqual(['m/large.bin', `m/large.bin bytes=${2 * PART_BYTES}-`, 'm/large.bin']);
});

test('a file that cannot be parsed is not kept', async () => {
  const parse = () => {
    throw new PoolingError('model-file-invalid', 'bad');
  };
  for (const path of ['small.json', 'large.bin']) await expect(get(path, { parse })).rejects.toThrow('bad');
  expect((await inspectCache()).flatMap(({ files }) => files.filter(({ complete }) => complete))).toEqual([]);
  expect((await get('small.json'))?.bytes).toHaveLength(7);
});

test.each(['QuotaExceededError'])('%s: the file stays in memory, with one warning and no remains', async (name) => {
  caches.quota = PART_BYTES + 2000;
  const source = await openSource({ kind: 'url', base: `${server.url}/m` }, bare);
  const cache = await openFileCache(source.key, (entry) => logged.push(entry));
  const context = { source, cache, integrity: createIntegrityCheck({}), progress: null };
  expect(same((await fetchFile(context, { path: 'large.bin', parse: () => null, html: 'absent' }))?.bytes, large)).toBe(true);
  await fetchFile(context, { path: 'small.json', parse: () => null, html: 'absent' });
  expect(logged).toEqual([{ level: 'warning', message: expect.stringContaining(name) }]);
  expect(caches.entries.size).toBe(0);
});

test('storage that is forbidden, missing, or breaks later leaves everything in memory with one warning', async () => {
  caches.forbidden = new DOMException('no storage here', 'SecurityError');
  expect((await get('small.json'))?.bytes).toHaveLength(7);
  expect(logged).toEqual([{ level: 'warning', message: expect.stringContaining('SecurityError: no storage here') }]);
  expect(await inspectCache()).toEqual([]);
  await clearCache();
  vi.stubGlobal('caches', undefined);
  expect((await get('small.json'))?.bytes).toHaveLength(7);
  expect(logged, 'a runtime that never had a cache').toHaveLength(1);
  vi.stubGlobal('isSecureContext', false);
  expect((await get('small.json'))?.bytes).toHaveLength(7);
  expect(logged, 'a page that is not allowed one').toHaveLength(2);
  vi.stubGlobal('isSecureContext', undefined);
  vi.stubGlobal('caches', {
    ...caches.storage,
    open: async () => ({ match: () => Promise.reject(new Error('I/O')), keys: () => Promise.reject(new Error('I/O')) }),
  });
  expect((await get('small.json'))?.bytes).toHaveLength(7);
  expect(logged).toHaveLength(3);
});

test('a part that cannot be written stops the writing, not the load', async () => {
  caches.beforePut = (name) => {
    if (name === key('large.bin', 1)) throw new Error('disk full');
  };
  expect(same((await get('large.bin'))?.bytes, large)).toBe(true);
  expect(logged).toHaveLength(1);
  expect(caches.entries.size).toBe(0);
});

test('a file that does not exist is asked for each time, and known to be absent without the network', async () => {
  expect(await get('none.json')).toBeNull();
  server.files.set('m/none.json', '{}');
  expect((await get('none.json'))?.bytes).toHaveLength(2);
  server.files.delete('m/none.json');
  await clearCache(`${server.url}/m`);
  expect(await get('none.json')).toBeNull();
  server.faults.set(
    'm/none.json',
    Array(2).fill((request: IncomingMessage) => void request.socket.destroy()),
  );
  expect(await get('none.json')).toBeNull();
  server.faults.set('m/none.json', [answer(500), answer(500)]);
  await expect(get('none.json')).rejects.toMatchObject({ code: 'download-failed' });
});

test('what was loaded before loads without the network', async () => {
  await get('large.bin');
  await server.close();
  expect(same((await get('large.bin'))?.bytes, large)).toBe(true);
  server = await startServer();
});

test('a line cut in the middle is mended, and the parts are right', async () => {
  server.faults.set('m/large.bin', [cutAfter(PART_BYTES + 77)]);
  for (let i = 0; i < 2; i++) expect(same((await get('large.bin'))?.bytes, large)).toBe(true);
  expect(server.requests).toHaveLength(2);
});

test('clearing removes one model or all', async () => {
  server.files.set('n/small.json', '[]');
  await get('small.json');
  const source = await openSource({ kind: 'url', base: `${server.url}/n` }, bare);
  const cache = await openFileCache(source.key, () => {});
  await fetchFile(
    { source, cache, integrity: createIntegrityCheck({}), progress: null },
    { path: 'small.json', parse: () => null, html: 'absent' },
  );
  await clearCache(`${server.url}/m`);
  expect((await inspectCache()).map(({ model }) => model)).toEqual([`${server.url}/n`]);
  await clearCache();
  expect(await inspectCache()).toEqual([]);
});

test('a cache that cannot be listed, as in Deno, is used all the same', async () => {
  const { keys: _, ...cache } = (await caches.storage.open('rockpool')) as Cache & { keys?: unknown };
  vi.stubGlobal('caches', { ...caches.storage, open: async () => cache });
  await get('large.bin');
  caches.entries.delete(key('large.bin', 1));
  for (let i = 0; i < 2; i++) expect(same((await get('large.bin'))?.bytes, large)).toBe(true);
  expect(server.requests).toHaveLength(2);
  expect(logged).toEqual([]);
  expect(await inspectCache()).toEqual([]);
  await expect(clearCache(`${server.url}/m`)).rejects.toMatchObject({ code: 'invalid-option' });
  await clearCache();
  expect(caches.entries.size).toBe(0);
});

test('integrity is refused where it is no hash, and where hashes cannot be computed', () => {
  expect(() => createIntegrityCheck({ 'a.bin': 'sha256-abc' })).toThrow(/a\.bin.*64 hex digits/);
  vi.stubGlobal('crypto', {});
  expect(() => createIntegrityCheck({ 'a.bin': hashOf('') })).toThrow(/secure contexts/);
  expect(() => createIntegrityCheck({})).not.toThrow();
});
