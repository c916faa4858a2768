/** The built package, the models and the bench's own pages, served to a Chromium: everything a bench needs. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { chromium } from '@playwright/test';
import { findBrowser } from '../scripts/browser.mjs';
import { bundlePages } from './bundle.mjs';
import { serve } from './serve.mjs';

const root = join(import.meta.dirname, '..');
const require = createRequire(import.meta.url);

export async function openBench() {
  if (!existsSync(join(root, 'dist/index.js'))) throw new Error('There is no dist/: run `npm run build` first.');
  const pages = await mkdtemp(join(tmpdir(), 'rockpool-bench-'));
  await bundlePages(pages);
  const server = await serve([
    ['/pages/', pages],
    // transformers.js brings an onnxruntime-web of its own; its page loads the .wasm from here and not from a CDN.
    ['/transformers-ort/', dirname(createRequire(require.resolve('@huggingface/transformers')).resolve('onnxruntime-web'))],
    ['/ort/', dirname(require.resolve('onnxruntime-web'))],
    // The tiny models share the tokenizer of the large one.
    ['/e2e/models/tiny-bert/tokenizer.json', join(root, 'models/all-MiniLM-L6-v2/tokenizer.json')],
    ['/', root],
  ]);
  const browser = await chromium.launch({ executablePath: findBrowser(), args: ['--no-sandbox'] });
  return {
    browser,
    /** An empty page with one of the bench's modules in it, as `window.bench`. */
    async openPage(name) {
      const page = await browser.newPage();
      page.on('pageerror', (error) => console.error(error));
      await page.goto(`${server.url}/blank`);
      await page.evaluate(async (module) => {
        window.bench = await import(module);
      }, `/pages/${name}.js`);
      return page;
    },
    async close() {
      await browser.close();
      await server.close();
      await rm(pages, { recursive: true });
    },
  };
}
