/** The least that one can write over onnxruntime-web: tokenise, run, average, normalise, one text after the other. The same ORT as rockpool's. */
import { Tokenizer } from '@huggingface/tokenizers';
import { expose, transfer } from 'comlink';
import * as ort from 'onnxruntime-web/wasm';
import { DIMENSIONS, type Contender } from './contender.ts';

const MAX_TOKENS = 256;
const SEP = 102;

let tokenizer: Tokenizer;
let session: ort.InferenceSession;
const kept = new Map<string, number[]>();

const contender: Contender = {
  async load({ model, threads }) {
    const folder = new URL(`/models/${model}/`, self.location.href).href;
    const json = async (file: string) => (await fetch(folder + file)).json() as Promise<object>;
    ort.env.wasm.numThreads = threads;
    ort.env.wasm.wasmPaths = { wasm: new URL('/ort/ort-wasm-simd-threaded.wasm', self.location.href).href };
    tokenizer = new Tokenizer(await json('tokenizer.json'), await json('tokenizer_config.json'));
    const onnx = new Uint8Array(await (await fetch(`${folder}onnx/model_quantized.onnx`)).arrayBuffer());
    session = await ort.InferenceSession.create(onnx, { executionProviders: ['wasm'], logSeverityLevel: 3 });
  },

  async embed(texts, { reuseTokens = false }) {
    const vectors = new Float32Array(texts.length * DIMENSIONS);
    for (const [i, text] of texts.entries()) {
      const ids = (reuseTokens && kept.get(text)) || tokenize(text);
      kept.set(text, ids);
      const states = await run(ids);
      averageInto(vectors.subarray(i * DIMENSIONS, (i + 1) * DIMENSIONS), states, ids.length);
    }
    return transfer(vectors, [vectors.buffer]);
  },
};

function tokenize(text: string): number[] {
  const { ids } = tokenizer.encode(text);
  return ids.length > MAX_TOKENS ? [...ids.slice(0, MAX_TOKENS - 1), SEP] : ids;
}

async function run(ids: readonly number[]): Promise<Float32Array> {
  const tensor = (value: (id: number) => number) =>
    new ort.Tensor(
      'int64',
      BigInt64Array.from(ids, (id) => BigInt(value(id))),
      [1, ids.length],
    );
  const feeds = { input_ids: tensor((id) => id), attention_mask: tensor(() => 1), token_type_ids: tensor(() => 0) };
  const { last_hidden_state: states } = await session.run(feeds);
  return states!.data as Float32Array;
}

function averageInto(out: Float32Array, states: Float32Array, tokens: number): void {
  for (let i = 0; i < tokens * DIMENSIONS; i++) out[i % DIMENSIONS]! += states[i]!;
  const length = Math.hypot(...out);
  for (let i = 0; i < DIMENSIONS; i++) out[i]! /= length;
}

if (!self.name.startsWith('em-pthread')) expose(contender);
