/** A page as the README shows it: the model's folder lies beside the page. */
import { LLM } from 'rockpool';

try {
  const llm = await LLM.load('model');
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
