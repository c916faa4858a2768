/** transformers.js as its manual has it: a feature-extraction pipeline, mean pooling, normalised, q8 on WASM. */
import { env, pipeline, type FeatureExtractionPipeline } from '@huggingface/transformers';
import { expose, transfer } from 'comlink';
import { DIMENSIONS, type Contender } from './contender.ts';

let extract: FeatureExtractionPipeline;
let tokenizerLimit: number | undefined;

const contender: Contender = {
  async load({ model, threads }) {
    const { origin } = new URL(self.location.href);
    Object.assign(env, {
      allowLocalModels: true,
      allowRemoteModels: false,
      localModelPath: '/models/',
      useBrowserCache: false,
      useWasmCache: false,
    });
    const { wasm } = env.backends.onnx;
    if (!wasm) throw new Error('transformers.js has no WASM backend here.');
    wasm.wasmPaths = `${origin}/transformers-ort/`;
    wasm.numThreads = threads;
    extract = await pipeline('feature-extraction', model, { device: 'wasm', dtype: 'q8' });
  },

  async embed(texts, { batch = 1, maxTokens }) {
    limitTokens(maxTokens);
    const vectors = new Float32Array(texts.length * DIMENSIONS);
    for (let start = 0; start < texts.length; start += batch) {
      const output = await extract(texts.slice(start, start + batch), { pooling: 'mean', normalize: true });
      vectors.set(output.data as Float32Array, start * DIMENSIONS);
      output.dispose();
    }
    return transfer(vectors, [vectors.buffer]);
  },
};

/** The pipeline has no option for it: it follows tokenizer_config.json, and does not read the 256 of sentence_bert_config.json. */
function limitTokens(maxTokens: number | undefined): void {
  const config = (extract.tokenizer as unknown as { _tokenizerConfig: { model_max_length: number } })._tokenizerConfig;
  tokenizerLimit ??= config.model_max_length;
  config.model_max_length = maxTokens ?? tokenizerLimit;
}

if (!self.name.startsWith('em-pthread')) expose(contender);
