/** A call -> the answer of the first model that is well, once it is known to be the same model as the one that answered before. */
import { abortError, PoolingError } from '../errors.ts';
import { notify } from '../facade/connection.ts';
import type { PoolingLLM } from '../facade/llm.ts';
import { within } from '../within.ts';
import { canaryOf, type Answer, type CanaryOptions, type Method } from './canary.ts';
import type { FallbackModel, ResolvedFallback } from './fallback-options.ts';
import { FirstAnswers, refused, type Said } from './first-answers.ts';
import { Member } from './member.ts';
import { readOtherwise, type Reading } from './read-alike.ts';

/** The caller's doing: another model would say the same, or should. */
const FINAL: readonly unknown[] = ['invalid-input', 'invalid-option', 'input-too-long', 'too-many-tokens', 'aborted'];

/** It is well, and answers other texts. */
class ReadsOtherwise extends PoolingError {}

/** By its code, and not by its class: every entry has a copy of the class. */
const codeOf = (error: unknown) => (error as { code?: unknown } | null)?.code;

export class Members {
  readonly #all: readonly Member[];
  readonly #options: ResolvedFallback;
  readonly #first = new FirstAnswers();
  /** Ends what is under way. No signal: each listener on one that lives long is kept in some runtimes, and Node warns of more than ten. */
  readonly #open = new Set<(disposed: PoolingError) => void>();
  #isDisposed = false;
  #last: Member | null = null;
  constructor(models: readonly FallbackModel[], options: ResolvedFallback) {
    this.#all = models.map((model, index) => new Member(model, index));
    this.#options = options;
  }

  /** The one that answered last; before that, the one that was opened first. */
  get current(): PoolingLLM {
    return (this.#last?.llm ?? this.#all.find(({ llm }) => llm)?.llm)!;
  }

  /** Opens the first that can be had. */
  open(signal: AbortSignal | undefined): Promise<unknown> {
    return this.#try(this.#all, signal, async () => {});
  }

  /** `asked`: the options of the call that make another answer, which the canary is asked with, too. `reading`: null if no text of it can be too long. */
  answer<T>(
    method: Method,
    asked: CanaryOptions,
    reading: Reading | null,
    signal: AbortSignal | undefined,
    call: (llm: PoolingLLM) => Promise<T>,
  ): Promise<T> {
    const key = keyOf(method, asked);
    const able = this.#all.filter((member) => !member.lacks(method));
    const candidates = able.length > 0 ? able : this.#all;
    // One that rests is asked all the same when nobody else is left.
    const order = [...candidates.filter(({ rests }) => !rests), ...candidates.filter(({ rests }) => rests)];
    return this.#try(
      order,
      signal,
      async (llm, member) => {
        // Without options first: a set of them that nobody asked for yet has no answer to compare with, and another model must not be the first of it.
        if (key !== keyOf(method, {})) await this.#within(signal, this.#checkedPlain(member, llm, method));
        const isCompared = await this.#within(signal, this.#checked(member, llm, method, asked));
        if (reading) this.#checkReading(method, key, member, llm, reading);
        const answer = await call(llm);
        if (!isCompared) this.#compare(key, { answer: null, of: member, info: llm.info });
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
      try {
        llm = await this.#within(signal, member.open());
        return await work(llm, member);
      } catch (error) {
        this.#throwIfOver(signal);
        if (FINAL.includes(codeOf(error))) throw error;
        errors.push(error);
        if (method && codeOf(error) === 'unsupported-task') member.lacked(method, this.#options.coolDown);
        else if (!(error instanceof ReadsOtherwise)) member.failed(llm, error, this.#options.coolDown);
        const next = order[i + 1];
        if (next) notify(this.#options.onFallback, { from: member.index, to: next.index, error });
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

  /** One check for all calls that ask for the same. One that fails is made again by the next. */
  #checked(member: Member, llm: PoolingLLM, method: Method, asked: CanaryOptions): Promise<boolean> {
    const key = keyOf(method, asked);
    const known = member.checks.get(key);
    if (known) return known;
    const check = this.#check(member, llm, method, asked, key);
    member.checks.set(key, check);
    check.catch(() => {
      if (member.checks.get(key) === check) member.checks.delete(key);
    });
    return check;
  }

  /** What can only be asked for with options, as classes by a head, has no plain answer. */
  async #checkedPlain(member: Member, llm: PoolingLLM, method: Method): Promise<void> {
    try {
      await this.#checked(member, llm, method, {});
    } catch (error) {
      if (codeOf(error) !== 'unsupported-task') throw error;
    }
  }

  /** False: it takes no canary. What it says of the caller's options, the caller's own call will hear; what that answers is compared with nothing. */
  async #check(member: Member, llm: PoolingLLM, method: Method, asked: CanaryOptions, key: string): Promise<boolean> {
    const answer = await this.#canary(llm, method, asked);
    if (answer !== null || this.#first.get(key)) this.#compare(key, { answer, of: member, info: llm.info });
    return answer !== null;
  }

  /** Null: refused for good. */
  async #canary(llm: PoolingLLM, method: Method, asked: CanaryOptions): Promise<Answer | null> {
    const ended = new AbortController();
    const end = () => ended.abort();
    this.#open.add(end);
    try {
      return await canaryOf(llm, method, { ...asked, signal: ended.signal });
    } catch (error) {
      if (!ended.signal.aborted && FINAL.includes(codeOf(error))) return null;
      throw error;
    } finally {
      this.#open.delete(end);
    }
  }

  /** The canary's texts are short. */
  #checkReading(method: Method, key: string, member: Member, { info }: PoolingLLM, reading: Reading): void {
    const first = this.#first.get(keyOf(method, {})) ?? this.#first.get(key);
    if (!first || (first.of === member && first.info.max_model_len === info.max_model_len)) return;
    const why = readOtherwise(info, first.info, reading);
    if (why !== null) throw new ReadsOtherwise('model-mismatch', refused(member, why).message);
  }

  /** Without a pause: two models must not both be the first. */
  #compare(key: string, said: Said): void {
    const refusal = this.#first.refusal(key, said, this.#options.minCosine);
    if (refusal) throw refusal;
  }
}

const keyOf = (method: Method, asked: CanaryOptions) => `${method} ${JSON.stringify(asked)}`;

function disposed(): PoolingError {
  return new PoolingError('disposed', 'The LLM was disposed.');
}

function noneLeft(order: readonly Member[], errors: readonly unknown[]): unknown {
  const [only] = errors;
  if (errors.length === 1) return only;
  // Where one lacks the task, that is no fault of the request as long as another might have answered it.
  const last = errors.findLast((error) => codeOf(error) !== 'unsupported-task') ?? errors.at(-1);
  const said = order.map(({ index }, i) => `model ${index}: ${errors[i] instanceof Error ? errors[i].message : String(errors[i])}`);
  const code =
    last instanceof PoolingError || (last as Error | null)?.name === 'PoolingError' ? (last as PoolingError).code : 'runtime-failed';
  return new PoolingError(code, `No model of withFallback could answer. ${said.join(' | ')}`, { cause: new AggregateError(errors) });
}
