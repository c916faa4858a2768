/** What each entry may weigh, as built and gzipped: what an import costs an app. A limit is a few per cent above today's size, and raised knowingly. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';

const dist = resolve(import.meta.dirname, '../../dist');

/** Bytes. What is loaded later is a file of its own. */
const LIMITS: Record<string, number> = {
  'index.js': 8_000,
  'edge.js': 57_000,
  'worker.js': 118_000,
  'worker-wasm.js': 104_000,
  'server.js': 31_000,
  'cache-inspect.js': 1_000,
  'remote.js': 21_400,
  'search.js': 29_200,
  'search-gpu.js': 8_000,
  'search-worker.js': 7_000,
  'ai-sdk.js': 2_700,
  'langchain.js': 3_700,
  'llamaindex.js': 2_100,
  'transformers.js': 4_400,
  'react.js': 500,
  // Run, not imported.
  'rockpool.js': 26_000,
};

const scripts = readdirSync(dist).filter((file) => file.endsWith('.js'));

test('every script that is built has a limit', () => expect(scripts.toSorted()).toEqual(Object.keys(LIMITS).toSorted()));

test.each(Object.entries(LIMITS))('%s is at most %i bytes', (file, limit) => {
  const { length } = gzipSync(readFileSync(join(dist, file)));
  expect(length).toBeLessThanOrEqual(limit);
  // A limit far above says nothing.
  expect(length).toBeGreaterThan(limit * 0.7);
});
