/**
 * Milliseconds of a semantic search on WASM and on WebGPU, each index asked in turn: `node bench/search-gpu.mjs [rows] [values]`, after
 * `npm run build`. In Node, by the package `webgpu`; without a GPU point VK_ICD_FILENAMES at a software Vulkan, which measures nothing but
 * that it ends.
 */
import { create, globals } from 'webgpu';
import { createIndex } from '../dist/search.js';
import { describeMachine } from './machine.mjs';
import { median, table } from './table.mjs';

const [rows = 100_000, values = 384] = process.argv.slice(2).map(Number);
const ROUNDS = 7;

Object.assign(globalThis, globals);
const gpu = create([]);
Object.defineProperty(globalThis, 'navigator', { value: { gpu }, configurable: true });

let state = 1;
const random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647 - 0.5;
function vector() {
  const made = Float32Array.from({ length: values }, random);
  const norm = Math.hypot(...made);
  return made.map((value) => value / norm);
}
const llm = {
  info: { max_model_len: 64, prompts: {} },
  tokenize: async (texts) => [texts].flat().map(() => ({ count: 2 })),
  embed: async (texts) => [texts].flat().map(() => ({ outputs: { embedding: vector() } })),
};
const documents = Array.from({ length: rows }, (_, i) => ({ id: String(i), text: 'x' }));

async function timed(index) {
  const begin = performance.now();
  await index.search('x', { topK: 10 });
  return performance.now() - begin;
}

const { cpu, cores, node, loadBefore } = await describeMachine();
console.log(`${cpu}, ${cores} cores, Node ${node}, load before ${loadBefore}`);
const lines = [];
let adapter = '';
for (const precision of ['float32', 'int8', 'binary']) {
  const times = { wasm: [], webgpu: [] };
  const indexes = {};
  for (const device of ['wasm', 'webgpu']) {
    indexes[device] = await createIndex(llm, { precision, device, keywords: false });
    await indexes[device].add(documents);
    await timed(indexes[device]);
  }
  // The rows are sent while WASM answers.
  while (indexes.webgpu.info.counters.readBackBytes === 0) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    await timed(indexes.webgpu);
  }
  for (let round = 0; round < ROUNDS; round++) {
    for (const device of ['wasm', 'webgpu']) times[device].push(await timed(indexes[device]));
  }
  adapter = indexes.webgpu.info.adapter ?? 'lost';
  lines.push([precision, median(times.wasm).toFixed(2), median(times.webgpu).toFixed(2)]);
  await indexes.webgpu.dispose();
}
console.log(`${rows} rows of ${values} values, ms a search, on ${adapter}\n`);
console.log(table(['precision', 'WASM', 'WebGPU'], lines));
// Dawn would keep the process.
process.exit();
