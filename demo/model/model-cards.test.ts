/** The sizes that a visitor is told before a download are those of the files. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, test, vi } from 'vitest';
import { runtimeBytes } from './model-cards.ts';

afterEach(() => vi.unstubAllGlobals());

const runtimes = join(import.meta.dirname, '../../node_modules/onnxruntime-web/dist');

test.each([
  ['wasm', 'ort-wasm-simd-threaded.wasm'],
  ['webgpu', 'ort-wasm-simd-threaded.asyncify.wasm'],
] as const)('the runtime of %s', (device, file) => {
  vi.stubGlobal('navigator', { gpu: {} });
  const bytes = readFileSync(join(runtimes, file));
  const { whole, compressed } = runtimeBytes(device);
  expect(Math.abs(whole / bytes.length - 1)).toBeLessThan(0.01);
  expect(Math.abs(compressed / gzipSync(bytes).length - 1)).toBeLessThan(0.01);
});
