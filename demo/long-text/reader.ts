/**
 * A text in, its chunks with their vectors out, a slice at a time. It can be stopped and goes on where it was; of a text that is changed,
 * the chunks before the change are kept. Waits for the model, and goes on with the next one if it is changed.
 */
import type { LLM } from 'rockpool';
import { createSpeedometer } from '../corpus/speedometer.ts';
import type { ModelHost } from '../model/model-host.ts';
import { codeOf } from '../ui/error-words.ts';
import { createStore } from '../ui/store.ts';
import { cutChunks } from './cut-chunks.ts';
import type { Chunk } from './cut-chunks.ts';

export interface ReaderState {
  /** `waiting`: for the model. `cutting`: into chunks. `stopped`: by the user. */
  kind: 'empty' | 'waiting' | 'cutting' | 'reading' | 'stopped' | 'done' | 'failed';
  text: string;
  chunks: readonly Chunk[];
  /** Chunks that have their vector. */
  done: number;
  perSecond: number;
  /** Tokens that were computed for this text, the kept ones not counted, and the time it took. */
  tokens: number;
  ms: number;
  error: unknown;
}

const empty: ReaderState = { kind: 'empty', text: '', chunks: [], done: 0, perSecond: 0, tokens: 0, ms: 0, error: null };

/** Chunks a call: about a third of a second's worth, so that a query in between has its turn soon. */
const slice = { first: 1, most: 16, ms: 350 };

export class Reader {
  readonly state = createStore<ReaderState>(empty);
  #model: ModelHost;
  #run: AbortController | null = null;
  /** The text whose chunks are all there. */
  #cutText: string | null = null;

  constructor(model: ModelHost) {
    this.#model = model;
    model.state.subscribe((state) => {
      const { kind } = this.state.get();
      if (state.kind === 'ready' && kind === 'waiting') void this.goOn();
      if (state.kind !== 'ready' && ['cutting', 'reading', 'failed'].includes(kind)) this.#stop('waiting');
    });
  }

  /** An empty text is none. */
  read(text: string): void {
    if (text === this.state.get().text) return;
    this.#stop('stopped');
    if (text.trim() === '') return this.state.set(empty);
    this.#set({ text, tokens: 0, ms: 0 });
    void this.goOn(true);
  }

  stop(): void {
    this.#stop('stopped');
  }

  /** `anew`: the text is another one. */
  async goOn(anew = false): Promise<void> {
    const model = this.#model.state.get();
    this.#run?.abort();
    if (model.kind !== 'ready') return this.#set(anew ? { kind: 'waiting', chunks: [], done: 0 } : { kind: 'waiting' });
    const run = (this.#run = new AbortController());
    try {
      await this.#cut(model.llm, run.signal);
      await this.#embed(model.llm, run.signal);
    } catch (error) {
      if (run.signal.aborted || codeOf(error) === 'aborted') return;
      this.#set({ kind: 'failed', error });
    }
  }

  async #cut(llm: LLM, signal: AbortSignal): Promise<void> {
    const { text, chunks: before } = this.state.get();
    if (text === this.#cutText) return;
    const chunks: Chunk[] = [];
    this.#cutText = null;
    this.#set({ kind: 'cutting', error: null });
    for await (const more of cutChunks(llm, text, signal)) {
      for (const chunk of more) {
        const old = before[chunks.length];
        chunks.push({ ...chunk, vector: old && same(old.ids, chunk.ids) ? old.vector : null });
      }
      if (signal.aborted) return;
      this.#set({ chunks: [...chunks], done: chunks.filter(({ vector }) => vector).length });
    }
    this.#cutText = text;
  }

  async #embed(llm: LLM, signal: AbortSignal): Promise<void> {
    const speed = createSpeedometer();
    let size = slice.first;
    if (signal.aborted) return;
    this.#set({ kind: 'reading', error: null });
    for (;;) {
      const { chunks, done, tokens, ms: before } = this.state.get();
      const some = chunks.filter(({ vector }) => !vector).slice(0, size);
      if (some.length === 0) break;
      const began = performance.now();
      const outs = await llm.embed(
        some.map(({ ids }) => ({ prompt_token_ids: ids })),
        { signal },
      );
      if (signal.aborted) return;
      const ms = performance.now() - began;
      some.forEach((chunk, i) => (chunk.vector = outs[i]!.outputs.embedding));
      speed.add(some.length, ms);
      this.#set({
        chunks: [...chunks],
        done: done + some.length,
        perSecond: speed.perSecond(),
        tokens: tokens + some.reduce((sum, { ids }) => sum + ids.length, 0),
        ms: before + ms,
      });
      size = Math.max(1, Math.round(Math.min(size * 2, slice.most, (size * slice.ms) / ms)));
    }
    this.#set({ kind: 'done' });
  }

  #stop(kind: 'stopped' | 'waiting'): void {
    this.#run?.abort();
    this.#run = null;
    if (['cutting', 'reading', 'waiting', 'failed'].includes(this.state.get().kind)) this.#set({ kind });
  }

  #set(change: Partial<ReaderState>): void {
    this.state.set({ ...this.state.get(), ...change });
  }
}

const same = (a: Int32Array, b: Int32Array) => a.length === b.length && a.every((id, i) => id === b[i]);
