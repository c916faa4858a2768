/** For bundlers that do not know `new Worker(new URL(…))`: the worker and its .wasm file are copied to a folder of the site, and named. */
import { LLM } from 'rockpool';

try {
  const worker = () => new Worker('rockpool/worker-wasm.js', { type: 'module' });
  const llm = await LLM.load('model', { device: 'wasm', worker });
  const outputs = await llm.embed(globalThis.texts);
  // Both are files of their own, which a bundler has to find.
  const request = {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ model: llm.info.model, input: globalThis.texts }),
  };
  const served = await (await llm.fetch('http://local/v1/embeddings', request)).json();
  const cached = await LLM.inspectCache();
  globalThis.result = {
    device: llm.info.device,
    threads: llm.info.threads,
    vectors: outputs.map((output) => [...output.outputs.embedding]),
    served: served.data.map(({ embedding }) => embedding),
    cached: cached.length,
  };
  await llm.dispose();
} catch (error) {
  globalThis.result = { error: error.code, message: error.message };
}
