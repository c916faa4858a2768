/**
 * Each peer by its own functions: rows of unit length -> a search for the numbers of the nearest. Copied beside the packages by the bench,
 * so nothing of the repository may be imported here. Of unit vectors the inner product, the cosine and the L2 distance have one order.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const here = (file) => join(import.meta.dirname, 'node_modules', file);
const range = (count, of) => Array.from({ length: count }, (_, i) => of(i));

export async function orama(rows, count, width) {
  const { create, insertMultiple, search } = await import('@orama/orama');
  const db = create({ schema: { vector: `vector[${width}]` } });
  // It keeps the documents too, each vector as a list.
  for (let from = 0; from < count; from += 1_024) {
    const slice = range(Math.min(1_024, count - from), (i) => ({ id: String(from + i), vector: Array.from(rows.at(from + i)) }));
    await insertMultiple(db, slice, slice.length);
  }
  const options = { mode: 'vector', similarity: 0 };
  return async (query, k) => {
    const { hits } = await search(db, { ...options, vector: { value: query, property: 'vector' }, limit: k });
    return hits.map(({ id }) => Number(id));
  };
}

export async function clientVectorSearch(rows, count) {
  const { EmbeddingIndex } = await import('client-vector-search');
  const index = new EmbeddingIndex(range(count, (id) => ({ id, embedding: Array.from(rows.at(id)) })));
  return async (query, k) => (await index.search(Array.from(query), { topK: k })).map(({ object }) => object.id);
}

export async function hnswlibFlat(rows, count, width) {
  const { BruteforceSearch } = await hnswlibModule();
  const index = new BruteforceSearch('ip', width);
  index.initIndex(count);
  for (let row = 0; row < count; row++) index.addPoint(rows.at(row), row);
  return (query, k) => index.searchKnn(query, k, undefined).neighbors;
}

export async function hnswlib(rows, count, width, { m, efConstruction, efSearch }) {
  const { HierarchicalNSW } = await hnswlibModule();
  const index = new HierarchicalNSW('ip', width, '');
  index.initIndex(count, m, efConstruction, 100);
  for (let row = 0; row < count; row++) index.addPoint(rows.at(row), row, false);
  index.setEfSearch(efSearch);
  return (query, k) => index.searchKnn(query, k, undefined).neighbors;
}

/** Made for a page, and sure not to be in Node: it gets what it looks for while it loads. */
async function hnswlibModule() {
  await import('fake-indexeddb/auto');
  const node = globalThis.process;
  Object.assign(globalThis, {
    window: globalThis,
    location: { href: 'http://localhost/' },
    document: { title: '', baseURI: 'http://localhost/' },
  });
  delete globalThis.process;
  try {
    const { loadHnswlib } = await import('./node_modules/hnswlib-wasm/dist/hnswlib.js');
    return await loadHnswlib();
  } finally {
    globalThis.process = node;
  }
}

export async function edgevec(rows, count, width, { m, efConstruction, efSearch }) {
  const { initSync, EdgeVec, EdgeVecConfig } = await import('edgevec');
  initSync({ module: readFileSync(here('edgevec/edgevec_bg.wasm')) });
  const config = new EdgeVecConfig(width);
  // Its "cosine" and "dot" answer the farthest.
  Object.assign(config, { metric: 'l2', m, m0: 2 * m, ef_construction: efConstruction, ef_search: efSearch });
  const index = new EdgeVec(config);
  const numbers = new Map();
  for (let row = 0; row < count; row++) numbers.set(index.insert(rows.at(row)), row);
  return (query, k) => index.search(query, k).map(({ id }) => numbers.get(id));
}

/** Its entry imports WebAssembly as a module, which Node does not. */
export async function voy(rows, count) {
  const glue = await import('./node_modules/voy-search/voy_search_bg.js');
  const { instance } = await WebAssembly.instantiate(readFileSync(here('voy-search/voy_search_bg.wasm')), { './voy_search_bg.js': glue });
  glue.__wbg_set_wasm(instance.exports);
  const embeddings = range(count, (row) => ({ id: String(row), title: '', url: '', embeddings: Array.from(rows.at(row)) }));
  const index = new glue.Voy({ embeddings });
  return (query, k) => index.search(query, k).neighbors.map(({ id }) => Number(id));
}

export async function usearchExact(rows, count, width) {
  const { exactSearch, MetricKind } = (await import('usearch')).default;
  const all = new Float32Array(count * width);
  for (let row = 0; row < count; row++) all.set(rows.at(row), row * width);
  return (query, k) => Array.from(exactSearch(all, query, width, k, MetricKind.IP, 1).keys, Number);
}

export async function usearch(rows, count, width, { m, efConstruction, efSearch }) {
  const { Index, MetricKind, ScalarKind } = (await import('usearch')).default;
  const index = new Index(width, MetricKind.IP, ScalarKind.F32, m, efConstruction, efSearch);
  for (let row = 0; row < count; row++) index.add(BigInt(row), rows.at(row), 1);
  return (query, k) => Array.from(index.search(query, k, 1).keys, Number);
}
