/** A call -> the answer of the first model that is well, once it is known to be the same model as the one that answered before. */
import { abortError, PoolingError } from '../errors.ts';
import { notify } from '../facade/connection.ts';
import type { PoolingLLM } from '../facade/llm.ts';
import { within } from '../within.ts';
import { canaryOf, difference, type Answer, type CanaryOptions, type Method } from './canary.ts';
import type { FallbackModel, ResolvedFallback } from './fallback-options.ts';
import { Member } from './member.ts';

/** The caller's doing: another model would say the same, or should. */
const FINAL: readonly unknown[] = ['invalid-input', 'invalid-option', 'input-too-long', 'too-many-tokens', 'aborted'];

/** By its code, and not by its class: every entry has a copy of the class. */
const codeOf = (error: unknown) => (error as { code?: unknown } | null)?.code;

export class Members {
  readonly #all: readonly Member[];
  readonly #options: ResolvedFallback;
  /** What the first model that was well answered, and which it was, by what was asked for. Kept for ever: all that was handed out is its. */
  readonly #canaries = new Map<string, { answer: Answer; of: Member }>();
  readonly #life = new AbortController();
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
    return this.#first(this.#all, signal, async () => {});
  }

  /** `asked`: the options of the call that make another answer, which the canary is asked with, too. */
  answer<T>(method: Method, asked: CanaryOptions, signal: AbortSignal | undefined, call: (llm: PoolingLLM) => Promise<T>): Promise<T> {
    const key = `${method} ${JSON.stringify(asked)}`;
    const able = this.#all.filter((member) => !member.lacks(method));
    const candidates = able.length > 0 ? able : this.#all;
    // One that rests is asked all the same when nobody else is left.
    const order = [...candidates.filter(({ rests }) => !rests), ...candidates.filter(({ rests }) => rests)];
    return this.#first(
      order,
      signal,
      async (llm, member) => {
        await this.#within(signal, this.#checked(member, llm, method, asked, key));
        const answer = await call(llm);
        this.#last = member;
        return answer;
      },
      method,
    );
  }

  async dispose(): Promise<void> {
    this.#life.abort();
    await Promise.all(this.#all.map((member) => member.dispose()));
  }

  async #first<T>(
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
        else member.failed(llm, error, this.#options.coolDown);
        const next = order[i + 1];
        if (next) notify(this.#options.onFallback, { from: member.index, to: next.index, error });
      }
    }
    throw noneLeft(order, errors);
  }

  #throwIfOver(signal: AbortSignal | undefined): void {
    if (this.#life.signal.aborted) throw new PoolingError('disposed', 'The LLM was disposed.');
    if (signal?.aborted) throw abortError(signal);
  }

  /** Ends with the caller's signal, or with this LLM. */
  #within<T>(signal: AbortSignal | undefined, work: Promise<T>): Promise<T> {
    const { signal: life } = this.#life;
    return within(Infinity, signal ? AbortSignal.any([signal, life]) : life, work);
  }

  /** One check for all calls that ask for the same. One that fails is made again by the next. */
  #checked(member: Member, llm: PoolingLLM, method: Method, asked: CanaryOptions, key: string): Promise<void> {
    const known = member.checks.get(key);
    if (known) return known;
    const check = this.#check(member, llm, method, asked, key);
    member.checks.set(key, check);
    check.catch(() => {
      if (member.checks.get(key) === check) member.checks.delete(key);
    });
    return check;
  }

  async #check(member: Member, llm: PoolingLLM, method: Method, asked: CanaryOptions, key: string): Promise<void> {
    let answer: Answer;
    try {
      answer = await canaryOf(llm, method, { ...asked, signal: this.#life.signal });
    } catch (error) {
      // What it says of the caller's options, the caller's own call will hear: as long as there is no other's answer to be mixed with.
      const first = this.#canaries.get(key);
      if (FINAL.includes(codeOf(error)) && (!first || first.of === member)) return;
      throw error;
    }
    // From here on without a pause: two models must not both be the first.
    const first = this.#canaries.get(key);
    if (!first) this.#canaries.set(key, { answer, of: member });
    const differ = first && difference(first.answer, answer, this.#options.minCosine);
    if (differ) throw mismatch(member, first.of, method, differ, llm);
  }
}

function mismatch({ index }: Member, first: Member, method: Method, differ: string, llm: PoolingLLM): PoolingError {
  return new PoolingError(
    'model-mismatch',
    `Model ${index} of withFallback ("${llm.info.model}") is not used: to a canary text its ${method} and that of model ${first.index} gave ${differ}. Both must be the same model, pooled and prompted alike.`,
  );
}

function noneLeft(order: readonly Member[], errors: readonly unknown[]): unknown {
  const [only] = errors;
  if (errors.length === 1) return only;
  const last = errors.at(-1);
  const said = order.map(({ index }, i) => `model ${index}: ${errors[i] instanceof Error ? errors[i].message : String(errors[i])}`);
  const code =
    last instanceof PoolingError || (last as Error | null)?.name === 'PoolingError' ? (last as PoolingError).code : 'runtime-failed';
  return new PoolingError(code, `No model of withFallback could answer. ${said.join(' | ')}`, { cause: new AggregateError(errors) });
}
