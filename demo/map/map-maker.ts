/**
 * The corpus in, its map out: anew each time the vectors have doubled, and when indexing rests. Computed in a worker of its own, so that the page
 * stays as quick as it was.
 */
import type { Corpus } from '../corpus/corpus.ts';
import { createStore } from '../ui/store.ts';
import type { Store } from '../ui/store.ts';
import { fewest } from './layout.ts';
import type { Layout } from './layout.ts';

export interface MapState {
  layout: (Layout & { count: number; ms: number }) | null;
  /** Vectors that are being laid out now; 0: none. */
  making: number;
  error: unknown;
}

export interface MapMaker {
  state: Store<MapState>;
  retry(): void;
}

export function createMapMaker(corpus: Corpus): MapMaker {
  const state = createStore<MapState>({ layout: null, making: 0, error: null });
  let worker: Worker | null = null;

  const make = () => {
    worker?.terminate();
    const began = performance.now();
    const { data, count, size } = corpus.vectors.rows();
    const mine = (worker = new Worker(new URL('./layout-worker.ts', import.meta.url), { type: 'module' }));
    const end = (change: Partial<MapState>) => {
      mine.terminate();
      if (mine !== worker) return;
      worker = null;
      state.set({ ...state.get(), making: 0, error: null, ...change });
      check();
    };
    mine.addEventListener('message', ({ data: layout }: MessageEvent<Layout>) =>
      end({ layout: { ...layout, count, ms: performance.now() - began } }),
    );
    mine.addEventListener('error', (event) => end({ error: new Error(event.message || 'The worker did not start.') }));
    state.set({ ...state.get(), making: count, error: null });
    mine.postMessage({ data: data.slice(), count, size });
  };
  const check = () => {
    const { kind } = corpus.indexer.state.get();
    const { count } = corpus.vectors;
    const { layout, making, error } = state.get();
    const had = layout?.count ?? 0;
    if (count < had) state.set({ layout: null, making: 0, error: null }); // emptied
    if (making > 0 || error !== null || count < fewest || count === had) return;
    if (kind !== 'running' || count >= 2 * had) make();
  };
  corpus.indexer.state.subscribe(check);
  return { state, retry: make };
}
