/**
 * `npm run check:fp32`: the real MiniLM in float32 against Sentence-Transformers, cosine >= 0.99999 on every case of the oracle. Needs python3 with
 * venv; scripts/fp32-model.mjs says what for.
 */
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withFp32Model } from './fp32-model.mjs';

const LEAST = 0.99999;
const oracle = resolve(dirname(fileURLToPath(import.meta.url)), '../e2e/oracle');

await withFp32Model(compareAll);

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
