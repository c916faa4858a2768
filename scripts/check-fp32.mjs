/**
 * `npm run check:fp32`: the real MiniLM in float32 against Sentence-Transformers, by e2e/node/oracle.test.ts. Needs python3 with venv;
 * scripts/fp32-model.mjs says what for.
 */
import { spawnSync } from 'node:child_process';
import { withFp32Model } from './fp32-model.mjs';

await withFp32Model((model) => {
  const env = { ...process.env, ROCKPOOL_FP32_MODEL: model };
  const { status } = spawnSync('npx', ['--no-install', 'vitest', 'run', 'e2e/node/oracle.test.ts'], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env,
  });
  process.exitCode = status ?? 1;
});
