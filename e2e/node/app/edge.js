/** In Node: the model's folder is a path. Prints vectors of the texts that it is given, from the model and from the server over it. */
import { LLM } from 'rockpool/edge';
import { createHandler } from 'rockpool/server';

const llm = await LLM.load('model', { device: 'wasm' });
const input = JSON.parse(process.argv[2]);
const outputs = await llm.embed(input);
const init = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ input }) };
const response = await createHandler(llm)(new Request('http://local/v1/embeddings', init));
const served = (await response.json()).data.map(({ embedding }) => embedding);
console.log(JSON.stringify({ vectors: outputs.map((output) => [...output.outputs.embedding]), served }));
await llm.dispose();
