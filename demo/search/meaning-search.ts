/**
 * A query as it is typed in, its vector out. Waits for a short rest in the typing, aborts the older call,
 * and never lets an older answer follow a newer question. A question asked before the model is there is answered when it is.
 */
import type { Timings } from 'rockpool';
import { codeOf } from '../ui/error-words.ts';
import { createStore } from '../ui/store.ts';
import type { ModelHost } from '../model/model-host.ts';

const restMs = 120;

export interface Answer {
  query: string;
  vector: Float32Array;
  tokens: number;
  timings: Timings;
  /** From the call to the answer, as the page saw it. */
  ms: number;
}

export type MeaningState =
  | { kind: 'idle' }
  /** For the model. */
  | { kind: 'waiting' }
  /** `last` stays on the screen until the new answer is there. */
  | { kind: 'asking'; last: Answer | null }
  | { kind: 'answered'; last: Answer }
  | { kind: 'failed'; error: unknown };

export class MeaningSearch {
  readonly state = createStore<MeaningState>({ kind: 'idle' });
  #model: ModelHost;
  #query = '';
  #timer: ReturnType<typeof setTimeout> | undefined;
  #call: AbortController | null = null;

  constructor(model: ModelHost) {
    this.#model = model;
    model.state.subscribe((state) => {
      const { kind } = this.state.get();
      if (state.kind === 'ready' && kind === 'waiting') void this.#embed();
      if (state.kind !== 'ready' && (kind === 'asking' || kind === 'failed')) this.ask(this.#query);
    });
  }

  ask(query: string): void {
    this.#query = query.trim();
    clearTimeout(this.#timer);
    this.#call?.abort();
    this.#call = null;
    if (this.#query === '') return this.state.set({ kind: 'idle' });
    if (this.#model.state.get().kind !== 'ready') return this.state.set({ kind: 'waiting' });
    this.state.set({ kind: 'asking', last: this.#lastAnswer() });
    this.#timer = setTimeout(() => void this.#embed(), restMs);
  }

  retry(): void {
    this.ask(this.#query);
  }

  async #embed(): Promise<void> {
    const model = this.#model.state.get();
    if (model.kind !== 'ready') return;
    const call = (this.#call = new AbortController());
    const query = this.#query;
    let timings: Timings = { tokenize: 0, queue: 0, infer: 0, pool: 0, total: 0 };
    const began = performance.now();
    this.state.set({ kind: 'asking', last: this.#lastAnswer() });
    try {
      const [out] = await model.llm.embed([query], {
        signal: call.signal,
        truncatePromptTokens: -1, // to what the model reads
        onProgress: (progress) => (timings = progress.timings),
      });
      if (call !== this.#call || !out) return;
      const last = { query, vector: out.outputs.embedding, tokens: out.prompt_token_ids.length, timings, ms: performance.now() - began };
      this.state.set({ kind: 'answered', last });
      this.#model.refreshInfo();
    } catch (error) {
      if (call !== this.#call || codeOf(error) === 'aborted') return;
      this.state.set({ kind: 'failed', error });
    }
  }

  #lastAnswer(): Answer | null {
    const state = this.state.get();
    return state.kind === 'answered' || state.kind === 'asking' ? state.last : null;
  }
}
