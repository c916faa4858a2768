/** A call -> the answer of the first model that is well, once it is known to be the same model as the one that answered before. */
import { abortError, messageOf, PoolingError } from '../errors.ts';
import { notify } from '../facade/listeners.ts';
import type { PoolingLLM } from '../facade/llm.ts';
import { within } from '../within.ts';
import type { Method } from './canary.ts';
import { codeOf, FINAL, type FallbackModel, type ResolvedFallback } from './fallback-options.ts';
import { Member } from './member.ts';
import { CannotBeAsked, ReadsOtherwise, SameModel, type Question } from './same-model.ts';

export class Members {
  readonly #all: readonly Member[];
  readonly #options: ResolvedFallback;
  readonly #same: SameModel;
  /** Ends what is under way. No signal: each listener on one that lives long is kept in some runtimes, and Node warns of more than ten. */
  readonly #open = new Set<(disposed: PoolingError) => void>();
  #isDisposed = false;
  #last: Member | null = null;

  constructor(models: readonly FallbackModel[], options: ResolvedFallback) {
    this.#all = models.map((model, index) => new Member(model, index));
    this.#options = options;
    this.#same = new SameModel(options.minCosine, this.#open);
  }

  /** The one that answered last; before that, the one that was opened first. */
  get current(): PoolingLLM {
    return (this.#last?.llm ?? this.#all.find(({ llm }) => llm)?.llm)!;
  }

  /** Opens the first that can be had. */
  open(signal: AbortSignal | undefined): Promise<unknown> {
    return this.#try(this.#all, signal, async () => {});
  }

  /** `questionFor`: a member, by what is known of its model. Where it throws, this one cannot be asked, and the next may be. */
  answer<T>(
    method: Method,
    questionFor: (llm: PoolingLLM) => Omit<Question, 'method'> & { call(): Promise<T> },
    signal: AbortSignal | undefined,
  ): Promise<T> {
    const able = this.#all.filter((member) => !member.lacks(method));
    const candidates = able.length > 0 ? able : this.#all;
    // One that rests is asked all the same when nobody else is left.
    const order = [...candidates.filter(({ rests }) => !rests), ...candidates.filter(({ rests }) => rests)];
    return this.#try(
      order,
      signal,
      async (llm, member) => {
        const question = { method, ...asking(() => questionFor(llm)) };
        const isCompared = await this.#within(signal, this.#same.check(member, llm, question));
        const answer = await question.call();
        if (!isCompared) this.#same.answered(member, llm, question);
        this.#last = member;
        return answer;
      },
      method,
    );
  }

  async dispose(): Promise<void> {
    this.#isDisposed = true;
    for (const end of this.#open) end(disposed());
    await Promise.all(this.#all.map((member) => member.dispose()));
  }

  async #try<T>(
    order: readonly Member[],
    signal: AbortSignal | undefined,
    work: (llm: PoolingLLM, member: Member) => Promise<T>,
    method?: Method,
  ): Promise<T> {
    const errors: unknown[] = [];
    for (const [i, member] of order.entries()) {
      this.#throwIfOver(signal);
      let llm: PoolingLLM | null = null;
      const isTrial = member.begins(this.#options.coolDown);
      try {
        llm = await this.#within(signal, member.open());
        const answer = await work(llm, member);
        if (isTrial) member.recovered();
        return answer;
      } catch (error) {
        // It let the caller's time pass: the next call need not find out again. Whoever gives up for another reason says nothing of it.
        if (isTimeout(signal?.reason)) member.failed(llm, error, this.#options.coolDown);
        this.#throwIfOver(signal);
        if (FINAL.includes(codeOf(error))) throw error;
        errors.push(error);
        if (method && codeOf(error) === 'unsupported-task') member.lacked(method, this.#options.coolDown);
        else if (!(error instanceof ReadsOtherwise || error instanceof CannotBeAsked)) member.failed(llm, error, this.#options.coolDown);
        const next = order[i + 1];
        if (next) notify(this.#options.onFallback, { from: member.index, to: next.index, error: bare(error) });
      }
    }
    throw noneLeft(order, errors);
  }

  #throwIfOver(signal: AbortSignal | undefined): void {
    if (this.#isDisposed) throw disposed();
    if (signal?.aborted) throw abortError(signal);
  }

  /** Ends with the caller's signal, or with this LLM. */
  async #within<T>(signal: AbortSignal | undefined, work: Promise<T>): Promise<T> {
    let end: (error: PoolingError) => void = () => {};
    const life = new Promise<never>((_, reject) => this.#open.add((end = reject)));
    try {
      return await within(Infinity, signal, Promise.race([work, life]));
    } finally {
      this.#open.delete(end);
    }
  }
}

/** As AbortSignal.timeout says it, and the time limit of a server. */
function isTimeout(reason: unknown): boolean {
  return reason instanceof DOMException && reason.name === 'TimeoutError';
}

function asking<T>(question: () => T): T {
  try {
    return question();
  } catch (error) {
    throw new CannotBeAsked(error);
  }
}

function disposed(): PoolingError {
  return new PoolingError('disposed', 'The LLM was disposed.');
}

/** Of what a caller's function threw, that. */
function bare(error: unknown): unknown {
  return error instanceof CannotBeAsked ? error.cause : error;
}

function noneLeft(order: readonly Member[], errors: readonly unknown[]): unknown {
  if (errors.length === 1) return bare(errors[0]);
  // Where one lacks the task, or cannot be asked so, that is no fault of the request as long as another might have answered it.
  const failed = errors.findLast((error) => codeOf(error) !== 'unsupported-task' && !(error instanceof CannotBeAsked));
  const unasked = errors.find((error) => error instanceof CannotBeAsked);
  if (!failed && unasked) return bare(unasked);
  const last = failed ?? errors.at(-1);
  const said = order.map(({ index }, i) => `model ${index}: ${messageOf(errors[i])}`);
  return new PoolingError(codeOf(last) ?? 'runtime-failed', `No model of withFallback could answer. ${said.join(' | ')}`, {
    cause: new AggregateError(errors),
  });
}
