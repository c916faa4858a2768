/** Who is measured, by name: of us what createIndex is told, of peers the packages that the adapter of that name in peers.mjs imports. */

/** HNSW of everybody: edges of a node, candidates while building, candidates while searching. */
export const HNSW = { m: 16, efConstruction: 128, efSearch: 64 };

export const contenders = [
  { name: 'rockpool float32', options: { precision: 'float32' }, scan: 'float32' },
  { name: 'rockpool int8', options: { precision: 'int8' }, scan: 'int8' },
  { name: 'rockpool binary, best 40 by float32', options: { coarse: { precision: 'binary', oversample: 4 } }, scan: 'binary' },
  { name: 'rockpool binary, best 100 by float32', options: { coarse: { precision: 'binary', oversample: 10 } }, scan: 'binary' },
  {
    name: 'rockpool binary, best 100 by int8',
    options: { precision: 'int8', coarse: { precision: 'binary', oversample: 10 } },
    scan: 'binary',
  },
  { name: 'Orama', peer: 'orama', how: 'exact, JavaScript', packages: { '@orama/orama': '3.1.18' } },
  { name: 'client-vector-search', peer: 'clientVectorSearch', how: 'exact, JavaScript', packages: { 'client-vector-search': '0.2.0' } },
  {
    name: 'hnswlib-wasm BruteforceSearch',
    peer: 'hnswlibFlat',
    how: 'exact, WASM',
    packages: { 'hnswlib-wasm': '0.8.2', 'fake-indexeddb': '6.2.8' },
  },
  {
    name: 'hnswlib-wasm HierarchicalNSW',
    peer: 'hnswlib',
    how: 'HNSW, WASM',
    packages: { 'hnswlib-wasm': '0.8.2', 'fake-indexeddb': '6.2.8' },
  },
  { name: 'EdgeVec', peer: 'edgevec', how: 'HNSW, WASM', packages: { edgevec: '0.9.0' } },
  { name: 'Voy', peer: 'voy', how: 'k-d tree, WASM', packages: { 'voy-search': '0.6.3' } },
  { name: 'USearch exactSearch', peer: 'usearchExact', how: 'exact, native', packages: { usearch: '2.26.2' } },
  { name: 'USearch Index', peer: 'usearch', how: 'HNSW, native', packages: { usearch: '2.26.2' } },
];
