/** In workerd: the servers under test. Files come from a service binding, WebAssembly compiled beforehand; models load with the first request. */
import wasm from 'onnxruntime-web/ort-wasm-simd-threaded.wasm';
import { LLM } from '../../../dist/edge.js';
import { createHandler } from '../../../dist/server.js';
import { fileOf, loadModels, serversOf } from '../servers.ts';

let servers;

export default {
  async fetch(request, env) {
    servers ??= start(env);
    return (await servers)(request);
  },
};

async function start(env) {
  const read = (folder) => async (path) => {
    const response = await env.FILES.fetch(`http://files/${fileOf(folder, path)}`);
    return response.ok ? response : null;
  };
  return serversOf(await loadModels((folder, options) => LLM.load(read(folder), { ...options, wasm })), createHandler);
}
