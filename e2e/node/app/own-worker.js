/** For bundlers that do not know `new Worker(new URL(…))`: the worker and its .wasm file are copied to a folder of the site, and named. */
import { LLM } from 'rockpool';

try {
  const worker = () => new Worker('rockpool/worker-wasm.js', { type: 'module' });
  const llm = await LLM.load('model', { device: 'wasm', worker });
  const outputs = await llm.embed(globalThis.texts);
  globalThis.result = {
    device: llm.info.device,
    threads: llm.info.threads,
    vectors: outputs.map((output) => [...output.outputs.embedding]),
  };
  await llm.dispose();
} catch (error) {
  globalThis.result = { error: error.code, message: error.message };
}
