/** rockpool on Cloudflare Workers: the model's files come from whichever binding wrangler.jsonc has, its WebAssembly is compiled beforehand. */
import wasm from 'onnxruntime-web/ort-wasm-simd-threaded.wasm';
import { LLM } from 'rockpool/edge';
import { createHandler } from 'rockpool/server';

/** One model for all requests of an isolate. Loaded with the first: a Worker may do nothing before. */
let starting;

export default {
  async fetch(request, env, context) {
    const load = (starting ??= start(env));
    // It goes on if its request is given up, since others wait for it.
    context.waitUntil(load.catch(() => {}));
    try {
      const handler = await load;
      return await handler(request);
    } catch (error) {
      // The next request tries again.
      if (starting === load) starting = undefined;
      console.error(error);
      return unavailable();
    }
  },
};

async function start(env) {
  const llm = await LLM.load(filesOf(env), { wasm, servedModelName: env.MODEL_NAME });
  // An isolate has 128 MB for everything, and the model takes most of it: bodies are small, and few wait.
  return createHandler(llm, {
    maxBodyBytes: 2 ** 20,
    maxConcurrentRequests: 4,
    maxQueueLength: 16,
    apiKeys: env.API_KEY ? [env.API_KEY] : [],
  });
}

/** Paths in the model's folder -> responses; null if there is no such file. */
function filesOf({ MODEL_BUCKET, MODEL_KV, ASSETS }) {
  if (MODEL_BUCKET) {
    return async (path) => {
      const object = await MODEL_BUCKET.get(path);
      // With its length the file is read into memory once; without, the memory for it grows and is copied.
      return object && new Response(object.body, { headers: { 'Content-Length': object.size } });
    };
  }
  if (MODEL_KV) {
    return async (path) => {
      const stream = await MODEL_KV.get(path, 'stream');
      return stream && new Response(stream);
    };
  }
  return async (path) => {
    const response = await ASSETS.fetch(`https://assets/${path}`);
    return response.ok ? response : null;
  };
}

/** As the server words its errors: clients try again. */
function unavailable() {
  const error = { message: 'The model cannot be loaded.', type: 'ServiceUnavailableError', param: null, code: 503 };
  return Response.json({ object: 'error', ...error, error }, { status: 503, headers: { 'Retry-After': '5' } });
}
