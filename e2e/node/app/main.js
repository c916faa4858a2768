/** A page as the README shows it: the model's folder lies beside the page. */
import { LLM } from 'rockpool';

try {
  const llm = await LLM.load('model');
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
