/** Browser tests: the built package and the built page, in Chromium, on WASM and on WebGPU (SwiftShader where there is no GPU). */
import { defineConfig } from '@playwright/test';
import { presentBrowser } from '../scripts/browser.mjs';

const executablePath = presentBrowser();

export default defineConfig({
  testDir: 'browser',
  // `npm test` takes as many as there are cores, except for the tests tagged @alone, which measure time.
  workers: 1,
  timeout: 120_000,
  // How long a busy machine may take, not how fast the page is: WebGPU in software takes a core for itself.
  expect: { timeout: 20_000 },
  reporter: [['list'], ['json', { outputFile: '../test-results/browser.json' }]],
  outputDir: '../test-results/browser',
  use: {
    // A click on what is not there fails here, and not when the whole test's time is up.
    actionTimeout: 30_000,
    browserName: 'chromium',
    launchOptions: {
      ...(executablePath && { executablePath }),
      args: [
        '--no-sandbox',
        '--enable-unsafe-webgpu',
        '--use-webgpu-adapter=swiftshader',
        // Each test has a fresh page, and V8 would spend seconds of two cores on optimising a runtime that is used for one: what is hot is
        // still optimised.
        '--js-flags=--wasm-tiering-budget=1000000000',
      ],
    },
  },
});
