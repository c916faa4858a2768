/** The views, in the order of their tabs. The first is shown to whoever comes without a hash. */
import type { View } from './page.ts';

export const views: readonly View[] = [
  { id: 'search', label: 'Search', load: () => import('../search/search-view.ts') },
  { id: 'long-text', label: 'Long text', load: () => import('../long-text/long-text-view.ts') },
  { id: 'matryoshka', label: 'Matryoshka', load: () => import('../matryoshka/matryoshka-view.ts') },
  { id: 'classify', label: 'Classify', load: () => import('../classify/classify-view.ts') },
  { id: 'rerank', label: 'Rerank', load: () => import('../rerank/rerank-view.ts') },
  { id: 'tokens', label: 'Tokens', load: () => import('../tokens/tokens-view.ts') },
  { id: 'map', label: 'Map', load: () => import('../map/map-view.ts') },
  { id: 'benchmark', label: 'Benchmark', load: () => import('../benchmark/benchmark-view.ts') },
  { id: 'api', label: 'API', load: () => import('../api/api-view.ts') },
];
