/** In Node, Deno or Bun: an index that would be stored if it could, and that goes through a file. Prints what came of it as JSON. Has to end by itself. */
import { LLM } from '../../../dist/edge.js';
import { createIndex, deleteIndex, listIndexes } from '../../../dist/search.js';

const { model, documents, query } = JSON.parse(process.argv[2]);
const llm = await LLM.load(model, { device: 'wasm', onLog: () => {} });
const told = [];
const index = await createIndex(llm, { name: 'notes', precision: 'int8', onLog: ({ message }) => told.push(message) });
await index.add(documents);
await index.remove([documents.at(-1).id]);
const copy = await createIndex(llm, { precision: 'int8' });
await copy.import(await index.export());
const hits = await Promise.all([index, copy].map((one) => one.search(query, { mode: 'semantic', topK: 1 })));
const saved = await index.save('notes').catch(({ code }) => code);
console.log(
  JSON.stringify({ told, hits, saved, storage: index.storage, listed: await listIndexes(), deleted: await deleteIndex('notes') }),
);
await llm.dispose();
