/** Our index as a user calls it, over a model that knows the vectors; and beside it the scan alone, which is a part of each search. */
import { createIndex } from '../../dist/search.js';

const SLICE = 1_024;

export async function build(rows, count, options) {
  let queries = [];
  // Any other text is the index's own, by which it knows a model again.
  const vectorOf = (text) => (text.startsWith('query ') ? queries[Number(text.slice(6))] : rows.at(/^\d+$/.test(text) ? Number(text) : 0));
  const llm = {
    info: { max_model_len: 256, prompts: {} },
    tokenize: async (texts) => [texts].flat().map(() => ({ count: 1 })),
    // A copy: the index may look at all of a group's vectors together.
    embed: async (texts) => [texts].flat().map((text) => ({ outputs: { embedding: vectorOf(text).slice() } })),
  };
  const index = await createIndex(llm, { keywords: false, ...options });
  for (let from = 0; from < count; from += SLICE) {
    const slice = Array.from({ length: Math.min(SLICE, count - from) }, (_, i) => ({ id: String(from + i), text: String(from + i) }));
    await index.add(slice);
  }
  return {
    vectorBytes: index.size.vectorBytes,
    prepare: (some) => (queries = some),
    search: async (query, k) => (await index.search(`query ${query}`, { mode: 'semantic', topK: k })).map(({ id }) => Number(id)),
  };
}

/** `VectorTable`: bundled from the sources, since the package does not export it. */
export function buildScan({ VectorTable }, rows, count, width, precision) {
  const table = new VectorTable(precision, width);
  for (let row = 0; row < count; row++) table.push(rows.at(row));
  return (query) => table.scores(query);
}
