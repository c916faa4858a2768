/** In Node, Deno or Bun: embeds texts, tries what has to fail, and prints what came of it as JSON. Has to end by itself after dispose(). */
import { LLM, PoolingError } from '../../../dist/edge.js';

const { models, options = {}, texts, missing = [] } = JSON.parse(process.argv[2]);
const codeOf = (promise) =>
  promise.then(
    () => 'no error',
    (error) => (error instanceof PoolingError ? error.code : String(error)),
  );
const asUrl = (model) => (model.startsWith('file:') ? new URL(model) : model);

/** Side by side: models of one realm share onnxruntime-web, and must not meet in it. */
async function use(model) {
  const llm = await LLM.load(asUrl(model), { ...options, onLog: () => {} }).catch((error) => error);
  if (llm instanceof Error) return { error: await codeOf(Promise.reject(llm)), message: llm.message };
  const outputs = await Promise.all(texts.map((text) => llm.embed(text)));
  const { device, adapter, selfCheck } = llm.info;
  await llm.dispose();
  const disposed = await codeOf(llm.embed('too late'));
  return { device, adapter, selfCheck, disposed, vectors: outputs.map(([output]) => [...output.outputs.embedding]) };
}

const used = await Promise.all(models.map(use));
console.log(JSON.stringify({ used, missing: await Promise.all(missing.map((model) => codeOf(LLM.load(asUrl(model))))) }));
