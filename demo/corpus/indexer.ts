/**
 * Packages and a model in, vectors out, a slice at a time: progress is smooth, a pause takes effect within a slice, and a query that comes
 * in between is answered first. Starts when packages and model are there, and goes on with the next model if it is changed. What this
 * browser keeps is not computed again.
 */
import type { LLM } from 'rockpool';
import { createStore } from '../ui/store.ts';
import { codeOf } from '../ui/error-words.ts';
import type { ModelHost } from '../model/model-host.ts';
import { textOf } from './packages.ts';
import type { Package } from './packages.ts';
import { createSpeedometer } from './speedometer.ts';
import type { Store } from '../ui/store.ts';
import type { VectorIndex } from './vector-index.ts';
import type { VectorStore } from './vector-store.ts';

/** What it fills, and from what. */
export interface Indexed {
  state: Store<{ packages: readonly Package[] }>;
  vectors: VectorIndex;
}

export interface IndexState {
  /** `waiting`: for the model. `opening`: what this browser keeps. `cancelled`: emptied by the user. */
  kind: 'waiting' | 'opening' | 'running' | 'paused' | 'cancelled' | 'done' | 'failed';
  done: number;
  total: number;
  /** Those that were not computed here: an earlier visit has left them, or another tab. */
  found: number;
  /** Why vectors that were kept are computed again. */
  lost: VectorStore['lost'];
  /** Whether they outlive the page. */
  keeps: boolean;
  perSecond: number;
  tokens: number;
  /** Time spent computing, pauses left out. */
  ms: number;
  error: unknown;
}

const nothing = { done: 0, found: 0, lost: null, tokens: 0, ms: 0, perSecond: 0 };

/** A few descriptions are longer than the 256 tokens the model reads; it is given their beginning. */
const wholeModel = -1;

/** Texts a call. Two at first, since the device may be slow and queries wait behind a batch; then about half a second's worth. */
const slice = { first: 2, least: 1, most: 64, ms: 500 };

export class Indexer {
  readonly state;
  #corpus: Indexed;
  #model: ModelHost;
  #run: AbortController | null = null;
  /** Null inside: nothing can be stored here. */
  #store: Promise<VectorStore | null> | null = null;

  constructor(corpus: Indexed, model: ModelHost) {
    this.#corpus = corpus;
    this.#model = model;
    const total = corpus.vectors.capacity;
    this.state = createStore<IndexState>({ kind: 'waiting', total, keeps: true, error: null, ...nothing });
    const startIfPossible = () => {
      if (this.state.get().kind === 'waiting') void this.start();
    };
    model.state.subscribe((state) => {
      if (state.kind === 'ready') startIfPossible();
      else if (['opening', 'running', 'failed'].includes(this.state.get().kind)) this.#stop('waiting');
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
    this.#set({ kind: this.#store ? 'running' : 'opening', error: null });
    try {
      const store = await (this.#store ??= this.#open(model.llm, packages.map(textOf)));
      const fill = this.#filling(model.llm, packages, store, run.signal);
      while (vectors.count < packages.length && !run.signal.aborted) await (store ? store.turn(fill, run.signal) : fill());
      if (!run.signal.aborted) this.#set({ kind: 'done' });
    } catch (error) {
      if (run.signal.aborted || codeOf(error) === 'aborted') return;
      this.#set({ kind: 'failed', error });
    }
  }

  pause(): void {
    this.#stop('paused');
  }

  /** Stops and throws the vectors away, those that are kept too. */
  cancel(): void {
    this.#corpus.vectors.clear();
    this.#stop('cancelled');
    this.#set(nothing);
    void this.#store?.then((store) => store?.clear()).catch(() => {}); // what failed to open is told by whoever opened it
  }

  /** From nothing, for example to compare devices. */
  restart(): void {
    this.cancel();
    void this.start();
  }

  /** One step of the way: what is kept, or else a slice that is computed and kept. */
  #filling(llm: LLM, packages: readonly Package[], store: VectorStore | null, signal: AbortSignal): () => Promise<void> {
    const { vectors } = this.#corpus;
    const speed = createSpeedometer();
    let size = slice.first;
    return async () => {
      const from = vectors.count;
      const found = (await store?.take(from)) ?? [];
      if (signal.aborted) return; // stopped or started anew meanwhile: these vectors belong to nobody
      const lost = store?.lost ?? null;
      if (found.length > 0) {
        vectors.add(found.slice(0, packages.length - from));
        return this.#set({ done: vectors.count, found: this.state.get().found + vectors.count - from, lost });
      }
      if (this.state.get().kind === 'opening') this.#set({ kind: 'running', lost });
      const began = performance.now();
      const outs = await llm.embed(packages.slice(from, from + size).map(textOf), { signal, truncatePromptTokens: wholeModel });
      if (signal.aborted) return;
      const ms = performance.now() - began;
      vectors.add(outs.map((out) => out.outputs.embedding));
      speed.add(outs.length, ms);
      const state = this.state.get();
      this.#set({
        done: vectors.count,
        perSecond: speed.perSecond(),
        tokens: state.tokens + outs.reduce((sum, out) => sum + out.prompt_token_ids.length, 0),
        ms: state.ms + ms,
        lost,
      });
      size = Math.round(Math.min(size * 2, slice.most, Math.max(slice.least, (size * slice.ms) / ms)));
      await store?.keep(vectors.rows());
      const keeps = store?.keeps ?? false;
      if (!signal.aborted && keeps !== state.keeps) this.#set({ keeps });
    };
  }

  /** Fetched with the first vectors: the page is there before. */
  async #open(llm: LLM, texts: readonly string[]): Promise<VectorStore | null> {
    try {
      const code = await import('./vector-store.ts').catch(() => null);
      if (!code?.canStore()) return null;
      const { canaryText, VectorStore } = code;
      const [output] = await llm.embed(canaryText);
      return await VectorStore.open({ canary: output!.outputs.embedding, texts });
    } catch (error) {
      this.#store = null; // looked for again with the next start
      throw error;
    }
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
