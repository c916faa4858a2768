/** Both ways of changing the device without a network, and what is no such case. In a browser: e2e/browser/demo-offline.spec.ts. */
import { PoolingError } from 'rockpool';
import { afterEach, expect, test, vi } from 'vitest';
import { findKept } from './kept-runtime.ts';

afterEach(() => vi.unstubAllGlobals());

const failed = new PoolingError('runtime-failed', 'onnxruntime-web cannot start');

/** A browser: with WebGPU, offline, with these files in the cache of the page's service worker, but for what is said otherwise. */
function browser({ files = [] as string[], gpu = true, onLine = false, answers = false, caches = true }): void {
  const cache = 'rockpool-page-runtime-https://a.test/demo/';
  const keys = async () => files.map((file) => ({ url: `https://a.test/demo/assets/${file}` }));
  vi.stubGlobal('document', { baseURI: 'https://a.test/demo/index.html' });
  vi.stubGlobal('navigator', { onLine, ...(gpu && { gpu: {} }) });
  vi.stubGlobal('fetch', async () => (answers ? new Response() : Promise.reject(new TypeError('Failed to fetch'))));
  vi.stubGlobal('caches', caches ? { has: async (name: string) => name === cache, open: async () => ({ keys }) } : undefined);
}
const small = 'ort-wasm-simd-threaded-AbC.wasm';
const large = 'ort-wasm-simd-threaded.asyncify-AbC.wasm';

test('the choice whose runtime is kept takes the place of the one whose is not', async () => {
  browser({ files: [small] });
  expect(await findKept(failed, 'auto')).toBe('wasm');
  expect(await findKept(failed, 'webgpu')).toBe('wasm');
  browser({ files: [large] });
  expect(await findKept(failed, 'wasm')).toBe('auto');
  browser({ files: [large], onLine: true });
  expect(await findKept(failed, 'wasm')).toBe('auto'); // the server is away
});

test('there is none where the runtime is kept, where nothing that is kept would do, and with a network', async () => {
  browser({ files: [small] });
  expect(await findKept(failed, 'wasm')).toBeNull();
  expect(await findKept(new PoolingError('download-failed', ''), 'auto')).toBeNull();
  browser({ files: [small], gpu: false });
  expect(await findKept(failed, 'auto')).toBeNull(); // its runtime is the small one, too
  browser({ files: [large], gpu: false });
  expect(await findKept(failed, 'wasm')).toBeNull();
  browser({});
  expect(await findKept(failed, 'auto')).toBeNull();
  browser({ files: [small], onLine: true, answers: true });
  expect(await findKept(failed, 'auto')).toBeNull();
  browser({ files: [small], caches: false });
  expect(await findKept(failed, 'auto')).toBeNull();
});
