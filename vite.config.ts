/** The demo site (root demo/, built to site/), and the unit tests. The library is built by scripts/build.mjs, which says why. */
import { createReadStream } from 'node:fs';
import { cp, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Plugin } from 'vite';
import { configDefaults, defineConfig } from 'vitest/config';
import { wat } from './scripts/wat.mjs';

const root = import.meta.dirname;

/** Cross-origin isolation: WASM threads need it. */
const headers = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

/** A folder that lies outside the demo: served in place while developing, copied into the built site. */
function folder(name: string, source: string): Plugin {
  return {
    name: `folder ${name}`,
    configureServer(server) {
      server.middlewares.use(`/${name}`, async (request, response, next) => {
        // The URL has resolved every `..`; the files have plain names, and one with an encoded character is none of them.
        const file = join(root, source, new URL(request.url ?? '/', 'http://localhost').pathname);
        const size = await stat(file).then(
          (s) => (s.isFile() ? s.size : -1),
          () => -1,
        );
        if (size < 0) return next();
        response.setHeader('Content-Length', size);
        createReadStream(file).pipe(response);
      });
    },
    async writeBundle({ dir }) {
      await cp(resolve(root, source), resolve(dir!, name), { recursive: true });
    },
  };
}

const TESTS = ['src/**/*.test.ts', 'demo/**/*.test.ts', 'e2e/node/**/*.test.ts'];

/** They measure time, or wait for less of it than a neighbour may take away: never beside another file. */
const TIMED = [
  'src/heads/apply-head.test.ts',
  'src/search/sentences.test.ts',
  'src/text/{charsmap,tokenize}.test.ts',
  'e2e/node/remote{,-failures,-limits,-fallback,-fallback-ends,-fallback-models}.test.ts',
  'e2e/node/server-{bodies,bodies-content,clients,load,load-limits}.test.ts',
];

export default defineConfig({
  root: 'demo',
  // Relative: the site works from any folder of any host.
  base: './',
  // Tests and benches use the models too; encodings of texts come with pdf.js, and are fetched by the PDFs that name them.
  plugins: [folder('models', 'models'), folder('cmaps', 'node_modules/pdfjs-dist/cmaps'), wat()],
  // The page imports the package by its public name, and gets what its users get.
  resolve: {
    alias: [
      { find: /^rockpool$/, replacement: resolve(root, 'dist/index.js') },
      { find: /^rockpool\/(edge|server|remote|search)$/, replacement: resolve(root, 'dist/$1.js') },
    ],
  },
  server: { headers },
  preview: { headers },
  // The limit of a warning: pdf.js is one file of 500 kB.
  build: { outDir: resolve(root, 'site'), emptyOutDir: true, target: 'es2023', chunkSizeWarningLimit: 600 },
  worker: { format: 'es' },
  test: {
    root,
    // The WebGPU bindings end the process they are loaded in: keep them out of a worker thread.
    pool: 'forks',
    // As in e2e/playwright.config.ts: a runtime that a file uses for seconds is not worth optimising whole.
    execArgv: ['--wasm-tiering-budget=200000000'],
    testTimeout: 60_000,
    // Most load a model or start a server: how long a busy machine may take.
    hookTimeout: 120_000,
    projects: [
      // Half of them wait for a child, a server or a lock most of the time: as many as there are cores, and not Vitest's one less.
      {
        extends: true,
        test: {
          name: 'together',
          include: TESTS,
          exclude: [...configDefaults.exclude, ...TIMED],
          maxWorkers: '100%',
          sequence: { groupOrder: 0 },
        },
      },
      { extends: true, test: { name: 'alone', include: TIMED, maxWorkers: 1, sequence: { groupOrder: 1 } } },
    ],
  },
});
