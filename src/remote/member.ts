/** One model of a fallback: opened when it is first needed, left alone for a while after a failure, made anew if it is gone for good. */
import { PoolingError } from '../errors.ts';
import type { PoolingLLM } from '../facade/llm.ts';
import type { Method } from './canary.ts';
import { isLlm, type FallbackModel } from './fallback-options.ts';
import { Recent } from './recent.ts';

/** Failures that an LLM does not recover from by itself. */
const GONE: readonly unknown[] = ['disposed', 'runtime-failed'];

export class Member {
  readonly index: number;
  readonly #model: FallbackModel;
  #opening: Promise<PoolingLLM> | null = null;
  #llm: PoolingLLM | null = null;
  #restsUntil = 0;
  /** Since it last answered. */
  #hasFailed = false;
  #disposed = false;
  /** Checks that its answers are the common model's, by what was asked for. False: it takes no canary. */
  readonly checks = new Recent<string, Promise<boolean>>(32);
  /** Methods that it said it lacks, and until when that is believed: a server may have been asked in a bad moment. */
  readonly #lacks = new Map<Method, number>();

  constructor(model: FallbackModel, index: number) {
    this.#model = model;
    this.index = index;
    // A promise that fails before it is needed is not an error that nobody handles.
    if (typeof model !== 'function') Promise.resolve(model).catch(() => {});
  }

  /** Null until it was opened. */
  get llm(): PoolingLLM | null {
    return this.#llm;
  }

  get rests(): boolean {
    return performance.now() < this.#restsUntil;
  }

  open(): Promise<PoolingLLM> {
    this.#opening ??= this.#make();
    return this.#opening;
  }

  async #make(): Promise<PoolingLLM> {
    const model = this.#model;
    try {
      const llm = await (typeof model === 'function' ? model() : model);
      if (!isLlm(llm)) throw new PoolingError('invalid-option', `Model ${this.index} of withFallback is not an LLM.`);
      if (this.#disposed) {
        await llm.dispose();
        throw new PoolingError('disposed', 'The LLM was disposed.');
      }
      this.#llm = llm;
      return llm;
    } catch (error) {
      this.#opening = null;
      throw error;
    }
  }

  /** True: it failed, and this call finds out whether it is well again. `coolDown`: others need not wait for that. */
  begins(coolDown: number): boolean {
    if (this.#hasFailed) this.#restsUntil = performance.now() + coolDown;
    return this.#hasFailed;
  }

  /** To be told of a call that found it out. One that began before the failure says nothing of what is since. */
  recovered(): void {
    this.#hasFailed = false;
    this.#restsUntil = 0;
  }

  lacks(method: Method): boolean {
    return performance.now() < (this.#lacks.get(method) ?? 0);
  }

  lacked(method: Method, coolDown: number): void {
    this.#lacks.set(method, performance.now() + coolDown);
  }

  /** What comes back may be another model. `llm`: which failed; null: none could be made. It may have been replaced meanwhile. */
  failed(llm: PoolingLLM | null, error: unknown, coolDown: number): void {
    if (llm !== null && llm !== this.#llm) return;
    this.#hasFailed = true;
    this.#restsUntil = performance.now() + coolDown;
    this.checks.clear();
    if (llm === null || typeof this.#model !== 'function' || !GONE.includes((error as { code?: unknown } | null)?.code)) return;
    void llm.dispose().catch(() => {});
    this.#opening = null;
    this.#llm = null;
  }

  /** One that is still opening is disposed of as soon as it is there. */
  async dispose(): Promise<void> {
    this.#disposed = true;
    const there = this.#llm ?? (isLlm(this.#model) ? this.#model : null);
    if (there) return there.dispose();
    if (typeof this.#model !== 'function') void this.open().catch(() => {});
  }
}
