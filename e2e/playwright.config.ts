/** Browser tests: the built package and the built page, in Chromium, on WASM and on WebGPU (SwiftShader where there is no GPU). */
import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: 'browser',
  // Two cores: tests side by side would only wait for each other, and SwiftShader would time out.
  workers: 1,
  timeout: 120_000,
  reporter: [['list'], ['json', { outputFile: '../test-results/browser.json' }]],
  outputDir: '../test-results/browser',
  use: {
    browserName: 'chromium',
    launchOptions: {
      ...(process.env.CHROMIUM && { executablePath: process.env.CHROMIUM }),
      args: ['--no-sandbox', '--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'],
    },
  },
});
