/** The package by its bare name, outside a page. Prints vectors of the texts that it is given. */
import { LLM } from 'rockpool';

const llm = await LLM.load('model', { device: 'wasm' });
const outputs = await llm.embed(JSON.parse((globalThis.Deno?.args ?? process.argv.slice(2))[0]));
console.log(JSON.stringify(outputs.map((output) => [...output.outputs.embedding])));
await llm.dispose();
