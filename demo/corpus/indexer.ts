/**
 * Packages and a model in, vectors out, a slice at a time: progress is smooth, a pause takes effect within a slice,
 * and a query that comes in between is answered first. Starts when packages and model are there, and goes on with the next model if it is changed.
 */
import { createStore } from '../ui/store.ts';
import { codeOf } from '../ui/error-words.ts';
import type { ModelHost } from '../model/model-host.ts';
import { textOf } from './packages.ts';
import type { Package } from './packages.ts';
import { createSpeedometer } from './speedometer.ts';
import type { Store } from '../ui/store.ts';
import type { VectorIndex } from './vector-index.ts';

/** What it fills, and from what. */
export interface Indexed {
  state: Store<{ packages: readonly Package[] }>;
  vectors: VectorIndex;
}

export interface IndexState {
  /** `waiting`: for the model. `cancelled`: emptied by the user. */
  kind: 'waiting' | 'running' | 'paused' | 'cancelled' | 'done' | 'failed';
  done: number;
  total: number;
  perSecond: number;
  tokens: number;
  /** Time spent computing, pauses left out. */
  ms: number;
  error: unknown;
}

/** A few descriptions are longer than the 256 tokens the model reads; it is given their beginning. */
const wholeModel = -1;

/** Texts a call. Two at first, since the device may be slow and queries wait behind a batch; then about half a second's worth. */
const slice = { first: 2, least: 1, most: 64, ms: 500 };

export class Indexer {
  readonly state;
  #corpus: Indexed;
  #model: ModelHost;
  #run: AbortController | null = null;

  constructor(corpus: Indexed, model: ModelHost) {
    this.#corpus = corpus;
    this.#model = model;
    const total = corpus.vectors.capacity;
    this.state = createStore<IndexState>({ kind: 'waiting', done: 0, total, perSecond: 0, tokens: 0, ms: 0, error: null });
    const startIfPossible = () => {
      if (this.state.get().kind === 'waiting') void this.start();
    };
    model.state.subscribe((state) => {
      if (state.kind === 'ready') startIfPossible();
      else if (this.state.get().kind === 'running' || this.state.get().kind === 'failed') this.#stop('waiting');
    });
    corpus.state.subscribe(startIfPossible);
  }

  /** Begins, or goes on where it was stopped. */
  async start(): Promise<void> {
    const model = this.#model.state.get();
    const { packages } = this.#corpus.state.get();
    const { vectors } = this.#corpus;
    if (model.kind !== 'ready' || packages.length === 0) return this.#set({ kind: 'waiting' });
    this.#run?.abort();
    const run = (this.#run = new AbortController());
    const speed = createSpeedometer();
    let size = slice.first;
    this.#set({ kind: 'running', error: null });
    try {
      while (vectors.count < packages.length) {
        const from = vectors.count;
        const began = performance.now();
        const outs = await model.llm.embed(packages.slice(from, from + size).map(textOf), {
          signal: run.signal,
          truncatePromptTokens: wholeModel,
        });
        if (run.signal.aborted) return; // stopped or started anew meanwhile: these vectors belong to nobody
        const ms = performance.now() - began;
        vectors.add(outs.map((out) => out.outputs.embedding));
        speed.add(outs.length, ms);
        const state = this.state.get();
        this.#set({
          done: vectors.count,
          perSecond: speed.perSecond(),
          tokens: state.tokens + outs.reduce((sum, out) => sum + out.prompt_token_ids.length, 0),
          ms: state.ms + ms,
        });
        size = Math.round(Math.min(size * 2, slice.most, Math.max(slice.least, (size * slice.ms) / ms)));
      }
      this.#set({ kind: 'done' });
    } catch (error) {
      if (run.signal.aborted || codeOf(error) === 'aborted') return;
      this.#set({ kind: 'failed', error });
    }
  }

  pause(): void {
    this.#stop('paused');
  }

  /** Stops and throws the vectors away. */
  cancel(): void {
    this.#corpus.vectors.clear();
    this.#stop('cancelled');
    this.#set({ done: 0, tokens: 0, ms: 0, perSecond: 0 });
  }

  /** From nothing, for example to compare devices. */
  restart(): void {
    this.cancel();
    void this.start();
  }

  #stop(kind: IndexState['kind']): void {
    this.#run?.abort();
    this.#run = null;
    this.#set({ kind });
  }

  #set(change: Partial<IndexState>): void {
    this.state.set({ ...this.state.get(), ...change });
  }
}
