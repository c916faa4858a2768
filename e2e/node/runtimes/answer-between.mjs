/** In Node, Deno or Bun: embeds in many batches beside a server of its own, and prints how many requests that server answered meanwhile. */
import { createServer } from 'node:http';
import { LLM } from '../../../dist/edge.js';

/** `client`: the URL that is told the port, and asks from then on without end. */
const { model, client } = JSON.parse(process.argv[2]);
const llm = await LLM.load(model, { device: 'wasm', dtype: 'fp32', onLog: () => {} });
let answered = 0;
let firstAnswer;
const asked = new Promise((resolve) => (firstAnswer = resolve));
const server = createServer((_, response) => {
  answered++;
  response.end();
  firstAnswer();
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
await fetch(`${client}/${server.address().port}`);
await asked;
answered = 0;
let batches = 0;
const texts = Array.from({ length: 200 }, (_, i) => `${i}: ${'a word '.repeat(40)}`);
await llm.embed(texts, { onProgress: () => batches++ });
console.log(JSON.stringify({ answered, batches }));
server.closeAllConnections?.();
server.close();
await llm.dispose();
