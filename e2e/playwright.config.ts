/** Browser tests: the built package and the built page, in Chromium, on WASM and on WebGPU (SwiftShader where there is no GPU). */
import { defineConfig } from '@playwright/test';
import { presentBrowser } from '../scripts/browser.mjs';

const executablePath = presentBrowser();

export default defineConfig({
  testDir: 'browser',
  // `npm test` takes as many as there are cores, except for the tests tagged @alone, which measure time.
  workers: 1,
  timeout: 120_000,
  // On a machine with other work an answer of the model may take longer than Playwright’s five seconds. A state that comes is not waited for any longer.
  expect: { timeout: 20_000 },
  reporter: [['list'], ['json', { outputFile: '../test-results/browser.json' }]],
  outputDir: '../test-results/browser',
  use: {
    browserName: 'chromium',
    launchOptions: {
      ...(executablePath && { executablePath }),
      args: ['--no-sandbox', '--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'],
    },
  },
});
