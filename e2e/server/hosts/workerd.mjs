/** A Worker's script -> workerd with it, as Cloudflare runs it: bundled, its WebAssembly compiled beforehand, its bindings as given. For tests and benches. */
import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { Miniflare } from 'miniflare';
import { rolldown } from 'rolldown';

const require = createRequire(import.meta.url);
const WASM = 'onnxruntime-web/ort-wasm-simd-threaded.wasm';

/** As wrangler does it: with the conditions of its `exports`, and .wasm imports left to workerd. `virtual`: modules of the bundle, by name. */
export async function bundleWorker(input, virtual = {}) {
  const bundle = await rolldown({
    input,
    platform: 'browser',
    resolve: { conditionNames: ['workerd', 'worker', 'browser', 'import', 'module', 'default'] },
    external: /\.wasm$/,
    plugins: [
      {
        name: 'virtual',
        resolveId: (id) => (Object.hasOwn(virtual, id) ? id : null),
        load: (id) => (Object.hasOwn(virtual, id) ? virtual[id] : null),
      },
    ],
  });
  const { output } = await bundle.generate({ format: 'esm', codeSplitting: false, minify: true });
  await bundle.close();
  return { script: output[0].code, wasm: await readFile(require.resolve(WASM)) };
}

/** `bindings`: Miniflare's options beside the script. */
export async function startWorkerd({ script, wasm }, bindings) {
  const miniflare = new Miniflare({
    modulesRoot: '/',
    modules: [
      { type: 'ESModule', path: '/worker.js', contents: script },
      { type: 'CompiledWasm', path: `/${WASM}`, contents: wasm },
    ],
    compatibilityDate: '2026-04-01',
    ...bindings,
  });
  const url = await miniflare.ready;
  return { url: url.href, miniflare, stop: () => miniflare.dispose() };
}

/** The process ids of this process' own workerds. */
export function workerdsOf(parent = process.pid) {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      const status = statusOf(pid);
      return /^Name:\s*workerd$/m.test(status) && new RegExp(`^PPid:\\s*${parent}$`, 'm').test(status);
    });
}

/** Bytes of memory that no file backs. */
export function privateMemory(pid) {
  return Number(/^RssAnon:\s*(\d+) kB$/m.exec(statusOf(pid))?.[1] ?? 0) * 1024;
}

function statusOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return '';
  }
}
