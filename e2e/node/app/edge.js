/** In Node: the model's folder is a path. Prints vectors of the texts that it is given. */
import { LLM } from 'rockpool/edge';

const llm = await LLM.load('model', { device: 'wasm' });
const outputs = await llm.embed(JSON.parse(process.argv[2]));
console.log(JSON.stringify(outputs.map((output) => [...output.outputs.embedding])));
await llm.dispose();
