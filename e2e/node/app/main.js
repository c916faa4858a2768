/** A page as the README shows it: the model's folder lies beside the page. */
import { LLM } from 'rockpool';
import { createIndex } from 'rockpool/search';

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
  const index = await createIndex(llm, { name: 'app' });
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
