/** For bundlers that do not know `new Worker(new URL(…))`: the worker and its .wasm file are copied to a folder of the site, and named. */
import { LLM } from 'rockpool';
import { createIndex } from 'rockpool/search';

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
  const index = await createIndex(llm, { name: 'app', worker: () => new Worker('rockpool/search-worker.js', { type: 'module' }) });
  await index.add(globalThis.texts.map((text, i) => ({ id: String(i), text })));
  const hits = await index.search(globalThis.texts[1], { mode: 'semantic' });
  globalThis.result = {
    device: llm.info.device,
    threads: llm.info.threads,
    vectors: outputs.map((output) => [...output.outputs.embedding]),
    served: served.data.map(({ embedding }) => embedding),
    cached: cached.length,
    storage: index.storage.kind,
    found: hits.map(({ id }) => id),
  };
  await llm.dispose();
} catch (error) {
  globalThis.result = { error: error.code, message: error.message };
}
