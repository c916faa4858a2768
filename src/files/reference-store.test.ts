import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { fakeCaches, type FakeCaches } from './caches-for-tests.ts';
import { readReference, writeReference } from './reference-store.ts';

const rows = (...values: number[]) => ({ data: Float32Array.from(values), rows: 2, dimensions: values.length / 2 });

let caches: FakeCaches;
beforeEach(() => {
  caches = fakeCaches();
  vi.stubGlobal('caches', caches.storage);
});
afterEach(() => {
  vi.unstubAllGlobals();
});

test('the rows of a probe come back as they were kept, by name', async () => {
  await writeReference('a model', rows(1, 2, 3, 4));
  expect(await readReference('a model', 2)).toEqual(rows(1, 2, 3, 4));
  expect(await readReference('another', 2)).toBeNull();
});

test.each([
  ['of another width', rows(1, 2, 3, 4, 5, 6)],
  ['with a value that is not a number', rows(1, NaN, 3, 4)],
  ['with an infinite value', rows(1, 2, -Infinity, 4)],
  ['that are not there', rows()],
])('rows %s are none: nothing would agree with them, and WebGPU would be refused for ever', async (_, kept) => {
  await writeReference('a model', kept);
  expect(await readReference('a model', 2)).toBeNull();
});

test('a file that is cut inside a value is none', async () => {
  await writeReference('a model', rows(1, 2, 3, 4));
  for (const [key, { bytes, headers }] of caches.entries) caches.entries.set(key, { bytes: bytes.subarray(0, 15), headers });
  expect(await readReference('a model', 2)).toBeNull();
});

test('without a Cache API, or where it is forbidden, there are none, and keeping them does no harm', async () => {
  caches.forbidden = new DOMException('no', 'SecurityError');
  await writeReference('a model', rows(1, 2, 3, 4));
  expect(await readReference('a model', 2)).toBeNull();
  vi.stubGlobal('caches', undefined);
  await writeReference('a model', rows(1, 2, 3, 4));
  expect(await readReference('a model', 2)).toBeNull();
});
