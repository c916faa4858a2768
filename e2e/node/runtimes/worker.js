/** A Cloudflare Worker: one model for all requests, its files from a service binding, its WebAssembly compiled beforehand. */
import wasm from 'onnxruntime-web/ort-wasm-simd-threaded.wasm';
import { LLM, PoolingError } from '../../../dist/edge.js';

const { instantiate } = WebAssembly;
const models = new Map();

export default {
  async fetch(request, env) {
    const { action, model = 'bound', options, texts } = await request.json();
    try {
      return Response.json(await actions[action]({ model, options, texts, env }));
    } catch (error) {
      return Response.json({ error: error instanceof PoolingError ? error.code : String(error), message: error.message });
    }
  },
};

const actions = {
  async embed({ model, options, texts, env }) {
    if (!models.has(model)) models.set(model, LLM.load(sourceOf(model, env), { wasm, onLog: () => {}, ...options }));
    const llm = await models.get(model);
    const outputs = await llm.embed(texts);
    return { device: llm.info.device, vectors: outputs.map(({ outputs: { embedding } }) => [...embedding]) };
  },
  async load({ model, options, env }) {
    const llm = await LLM.load(sourceOf(model, env), { wasm, onLog: () => {}, ...options });
    await llm.dispose();
    return { device: llm.info.device };
  },
  async loadWithoutWasm({ model, env }) {
    await LLM.load(sourceOf(model, env), { onLog: () => {} });
  },
  async dispose({ model }) {
    await (await models.get(model)).dispose();
    return {};
  },
  async surroundings() {
    return {
      webGpu: navigator.gpu !== undefined,
      cacheApi: typeof caches === 'object',
      process: typeof process,
      ownInstantiate: WebAssembly.instantiate === instantiate,
      cached: await LLM.inspectCache(),
    };
  },
};

function sourceOf(model, env) {
  if (!['bound', 'half', 'unbound'].includes(model)) return model;
  return async (path) => {
    const response = await env.MODEL.fetch(`http://model/${model}/${path}`);
    return response.ok ? response : null;
  };
}
