/** The demo site (root demo/), and the unit tests. The library itself is built by scripts/build.mjs: see docs/design.md. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: 'demo',
  test: {
    root: '.',
    include: ['src/**/*.test.ts', 'e2e/node/**/*.test.ts'],
    // The WebGPU bindings end the process they are loaded in: keep them out of a worker thread.
    pool: 'forks',
    testTimeout: 60_000,
  },
});
