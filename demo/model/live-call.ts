/**
 * A question as it is typed in, the model's answer out. Waits for a short rest in the typing, aborts the older call,
 * and never lets an older answer follow a newer question. A question asked before the model is there is answered when it is.
 */
import type { CallOptions, Device, LLM, Timings } from 'rockpool';
import { codeOf } from '../ui/error-words.ts';
import { createStore } from '../ui/store.ts';
import type { ModelHost } from './model-host.ts';

export interface Answer<Question, Result> {
  question: Question;
  result: Result;
  tokens: number;
  timings: Timings;
  /** From the call to the answer, as the page saw it. */
  ms: number;
  device: Device;
}

export type LiveState<Question, Result> =
  | { kind: 'idle' }
  /** For the model. */
  | { kind: 'waiting' }
  /** `last` stays on the screen until the new answer is there. */
  | { kind: 'asking'; last: Answer<Question, Result> | null }
  | { kind: 'answered'; last: Answer<Question, Result> }
  | { kind: 'failed'; error: unknown };

/** What is asked of the model. The options are to be handed to the call whose tokens and milliseconds are told. */
export type Run<Question, Result> = (llm: LLM, question: Question, options: Required<CallOptions>) => Promise<Result>;

export class LiveCall<Question, Result> {
  readonly state = createStore<LiveState<Question, Result>>({ kind: 'idle' });
  #host: ModelHost;
  #run: Run<Question, Result>;
  #restMs: number;
  #question: Question | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #call: AbortController | null = null;

  constructor(host: ModelHost, run: Run<Question, Result>, restMs = 120) {
    this.#host = host;
    this.#run = run;
    this.#restMs = restMs;
    host.state.subscribe((state) => {
      const { kind } = this.state.get();
      if (state.kind === 'ready' && kind === 'waiting') void this.#answer();
      if (state.kind !== 'ready' && (kind === 'asking' || kind === 'failed')) this.ask(this.#question);
    });
  }

  /** Null is no question. */
  ask(question: Question | null): void {
    this.#question = question;
    clearTimeout(this.#timer);
    this.#call?.abort();
    this.#call = null;
    if (question === null) return this.state.set({ kind: 'idle' });
    if (this.#host.state.get().kind !== 'ready') return this.state.set({ kind: 'waiting' });
    this.state.set({ kind: 'asking', last: this.#lastAnswer() });
    this.#timer = setTimeout(() => void this.#answer(), this.#restMs);
  }

  retry(): void {
    this.ask(this.#question);
  }

  async #answer(): Promise<void> {
    const model = this.#host.state.get();
    const question = this.#question;
    if (model.kind !== 'ready' || question === null) return;
    const call = (this.#call = new AbortController());
    let tokens = 0;
    let timings: Timings = { tokenize: 0, queue: 0, infer: 0, pool: 0, total: 0 };
    const began = performance.now();
    this.state.set({ kind: 'asking', last: this.#lastAnswer() });
    try {
      const result = await this.#run(model.llm, question, {
        signal: call.signal,
        onProgress: (progress) => ({ tokens, timings } = progress),
      });
      if (call !== this.#call) return;
      const device = model.llm.info.device === 'webgpu' ? 'webgpu' : 'wasm';
      this.state.set({ kind: 'answered', last: { question, result, tokens, timings, ms: performance.now() - began, device } });
      this.#host.refreshInfo();
    } catch (error) {
      if (call !== this.#call || codeOf(error) === 'aborted') return;
      this.state.set({ kind: 'failed', error });
    }
  }

  #lastAnswer(): Answer<Question, Result> | null {
    const state = this.state.get();
    return state.kind === 'answered' || state.kind === 'asking' ? state.last : null;
  }
}
