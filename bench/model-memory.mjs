/**
 * What a model needs once it is loaded and has answered: bytes of WebAssembly memory, which never shrinks, and of the whole process.
 *
 *   node scripts/build.mjs && node bench/model-memory.mjs models/all-MiniLM-L6-v2 [dtype]
 *
 * In Node, where WASM has one thread. The numbers of docs/models.md come from here.
 */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [folder, dtype] = process.argv.slice(2);
if (folder === undefined) throw new Error('Which model? node bench/model-memory.mjs FOLDER [DTYPE]');

/** onnxruntime-web makes one memory for all its sessions, and tells nobody. */
const memories = [];
WebAssembly.Memory = new Proxy(WebAssembly.Memory, {
  construct(target, args) {
    const memory = Reflect.construct(target, args);
    memories.push(memory);
    return memory;
  },
});
const { LLM } = await import(pathToFileURL(resolve(import.meta.dirname, '../dist/edge.js')).href);

const mib = (bytes) => Math.round(bytes / 2 ** 20);
const heap = () => mib(memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0));
const before = process.memoryUsage().rss;
const llm = await LLM.load(folder, { ...(dtype && { dtype }), onLog: () => {} });
const loaded = heap();
const texts = Array.from({ length: 32 }, (_, i) => 'word '.repeat(50 + i));
if (llm.info.tasks.includes('embed')) await llm.embed(texts);
else await llm.score('word', texts);
console.log(`${llm.info.model}, ${llm.info.dtype}: ${loaded} MiB of WebAssembly memory when loaded, ${heap()} MiB after 32 texts.`);
console.log(`The process: ${mib(process.resourceUsage().maxRSS * 1024 - before)} MiB at most, above what Node had before.`);
await llm.dispose();
