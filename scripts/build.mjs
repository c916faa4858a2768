/**
 * Builds the library into dist/: index.js, edge.js, worker.js, worker-wasm.js, the program rockpool.js, the runtime's .wasm files, the licences of what
 * is bundled, and the types.
 *
 * Rolldown on its own rather than Vite's library mode, which rewrites `new Worker(new URL('./worker.js', import.meta.url))` to a path that no
 * other bundler finds, and inlines the .wasm as base64. The workers are one file each: bundlers that emit a worker do not all follow its imports.
 */
import { execFileSync } from 'node:child_process';
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';
import { noticesOf } from './notices.mjs';
import { wat } from './wat.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');
const require = createRequire(import.meta.url);

/** `x.wgsl?raw` as a string, as Vite and Vitest give it. */
const raw = {
  name: 'raw',
  async load(id) {
    if (!id.endsWith('?raw')) return null;
    return { code: `export default ${JSON.stringify(await readFile(id.slice(0, -4), 'utf8'))}`, moduleType: 'js' };
  },
  resolveId(id, importer) {
    return id.endsWith('?raw') && importer ? `${resolve(dirname(importer), id)}` : null;
  },
};

/**
 * Where a bundler writes a file: URL for import.meta.url, as webpack does, ORT names its own file as the script of its threads. In a worker of
 * ours that is the worker itself, and a bundler would look for the other in vain.
 */
const ownScript = {
  name: 'own-script',
  transform(code, id) {
    if (!/onnxruntime-web.*\.mjs$/.test(id)) return null;
    const parts = code.split(/new \w+\("ort\.\w+\.bundle\.min\.mjs",import\.meta\.url\)/);
    if (parts.length !== 3)
      throw new Error(`${id} names its own file ${parts.length - 1} times, not twice: see own-script in scripts/build.mjs.`);
    const own = parts.join('new URL(self.location.href)');
    const start = 'type:"module",workerData:"em-pthread"';
    if (own.split(start).length !== 2)
      throw new Error(`${id} does not start its threads as expected: see own-script in scripts/build.mjs.`);
    // Turbopack makes classic workers of modules: then its threads have to be classic too. importScripts() without arguments only throws in a module.
    const type = '(()=>{try{return importScripts(),"classic"}catch{return"module"}})()';
    return { code: own.replace(start, start.replace('"module"', type)), map: null };
  },
};

/** Loaded when they are asked for, and files of their own, which lie beside the others in dist/. */
const LAZY = /^.*\/(edge|server|search-gpu|cache-inspect)\.ts$/;

const entries = [
  { input: 'src/index.ts', external: [LAZY] },
  { input: 'src/edge.ts', external: [/\/src\/server\.ts$/, /^onnxruntime-web/, /^@huggingface\//] },
  { input: 'src/server.ts', external: [] },
  { input: 'src/remote.ts', external: [LAZY] },
  { input: 'src/search.ts', external: [LAZY] },
  { input: 'src/search/gpu/search-gpu.ts', external: [] },
  { input: 'src/ai-sdk.ts', external: [] },
  { input: 'src/langchain.ts', external: [/^@langchain\/core\//] },
  { input: 'src/llamaindex.ts', external: [/^@llamaindex\/core\//] },
  { input: 'src/transformers.ts', external: ['rockpool'] },
  { input: 'src/react.ts', external: ['react', 'rockpool'] },
  { input: 'src/files/cache-inspect.ts', external: [] },
  { input: 'worker/worker.ts', external: [] },
  { input: 'worker/worker-wasm.ts', external: [] },
  { input: 'worker/search-worker.ts', external: [] },
  { input: 'bin/rockpool.ts', external: [LAZY, /^node:/, /^@huggingface\//, 'webgpu'], banner: '#!/usr/bin/env node' },
];

/**
 * The minifier writes './worker.js' and other names in backticks, which not every bundler reads as a constant. As long as before: source
 * maps stay right.
 */
const plainQuotes = (code) => code.replace(/(new URL\(|import\(|\{type:)`([^`$]*)`/g, "$1'$2'");

await rm(dist, { recursive: true, force: true });
await mkdir(dist);
/** What is in the bundles, ours and others'. */
const modules = new Set();
for (const { input, external, banner = '' } of entries) {
  const bundle = await rolldown({
    input: join(root, input),
    external,
    platform: 'neutral',
    resolve: { mainFields: ['module', 'main'] },
    plugins: [raw, wat(), ownScript],
  });
  const { output } = await bundle.generate({
    format: 'esm',
    paths: (id) => id.replace(LAZY, './$1.js'),
    sourcemap: true,
    codeSplitting: false,
    minify: true,
    banner,
  });
  await bundle.close();
  for (const file of output) await writeFile(join(dist, file.fileName), plainQuotes(file.code ?? file.source));
  const [{ fileName, code, moduleIds }] = output;
  for (const id of moduleIds) modules.add(id);
  console.log(`dist/${fileName}  ${(gzipSync(code).length / 1000).toFixed(1)} kB gz`);
}
for (const file of ['ort-wasm-simd-threaded.asyncify.wasm', 'ort-wasm-simd-threaded.wasm']) {
  await copyFile(require.resolve(`onnxruntime-web/${file}`), join(dist, file));
}
await writeFile(join(dist, 'THIRD-PARTY-NOTICES.txt'), await noticesOf(modules));
execFileSync(
  process.execPath,
  [join(dirname(require.resolve('typescript/package.json')), 'bin/tsc'), '-p', join(root, 'scripts/types.tsconfig.json')],
  { stdio: 'inherit' },
);
