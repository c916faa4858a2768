/**
 * The members of a fallback -> whether they are one model, before any answer of theirs is handed out: by what they answer to a canary that
 * is asked as the caller asks, and by where they would cut the caller's texts.
 */
import { messageOf, PoolingError } from '../errors.ts';
import type { PoolingLLM } from '../facade/llm.ts';
import { canaryOf, type Answer, type CanaryOptions, type Method } from './canary.ts';
import { codeOf, FINAL } from './fallback-options.ts';
import { FirstAnswers, refused } from './first-answers.ts';
import type { Member } from './member.ts';
import { readOtherwise, type Reading } from './read-alike.ts';

/** It is well, and answers other texts. */
export class ReadsOtherwise extends PoolingError {}

/** It is well, and what is meant cannot be said to it. */
export class CannotBeAsked extends Error {
  constructor(cause: unknown) {
    super(messageOf(cause), { cause });
  }
}

/** What one member is asked. */
export interface Question {
  method: Method;
  /** What the caller means, the same for all members. */
  meaning: string;
  /** The options that say so to this member and make another answer: the canary is asked with them, too. */
  asked: CanaryOptions;
  /** Null if no text of the call can be too long. */
  reading: Reading | null;
}

/** Of a call without options. */
export const PLAIN = '{}';

export class SameModel {
  readonly #first = new FirstAnswers();
  readonly #minCosine: number;
  readonly #ends: Set<(reason: PoolingError) => void>;

  /** `ends`: end the canaries under way. */
  constructor(minCosine: number, ends: Set<(reason: PoolingError) => void>) {
    this.#minCosine = minCosine;
    this.#ends = ends;
  }

  /** Rejects if its answer would be another model's. False: it took no canary, and its answer has to be told to `answered`. */
  async check(member: Member, llm: PoolingLLM, question: Question): Promise<boolean> {
    const { method, meaning, reading } = question;
    // Without options first: a set of them that nobody asked for yet has no answer to compare with, and another model must not be the first of it.
    if (meaning !== PLAIN) await this.#checkedPlain(member, llm, method);
    const isCompared = await this.#checked(member, llm, question);
    if (reading) this.#checkReading(member, llm, question, reading);
    return isCompared;
  }

  /** The caller has the answer, and another model must not give the next. */
  answered(member: Member, llm: PoolingLLM, question: Question): void {
    this.#compare(keyOf(question), null, member, llm);
  }

  /** One check for all calls that ask for the same. One that fails is made again by the next. */
  #checked(member: Member, llm: PoolingLLM, question: Question): Promise<boolean> {
    const key = keyOf(question);
    const known = member.checks.get(key);
    if (known) return known;
    const check = this.#compared(member, llm, question);
    member.checks.set(key, check);
    check.catch(() => {
      if (member.checks.get(key) === check) member.checks.delete(key);
    });
    return check;
  }

  /** What can only be asked for with options, as classes by a head, has no plain answer. */
  async #checkedPlain(member: Member, llm: PoolingLLM, method: Method): Promise<void> {
    try {
      await this.#checked(member, llm, { method, meaning: PLAIN, asked: {}, reading: null });
    } catch (error) {
      if (codeOf(error) !== 'unsupported-task') throw error;
    }
  }

  /** False: it takes no canary. What it says of the caller's options, the caller's own call will hear; what that answers is compared with nothing. */
  async #compared(member: Member, llm: PoolingLLM, question: Question): Promise<boolean> {
    const answer = await this.#canary(llm, question);
    const key = keyOf(question);
    if (answer !== null || this.#first.get(key)) this.#compare(key, answer, member, llm);
    return answer !== null;
  }

  /** Null: refused for good, or answered with nothing. */
  async #canary(llm: PoolingLLM, { method, asked }: Question): Promise<Answer | null> {
    const ended = new AbortController();
    const end = () => ended.abort();
    this.#ends.add(end);
    try {
      const answer = await canaryOf(llm, method, { ...asked, signal: ended.signal });
      // A process reward model has no rows for a text without steps: all of them would agree.
      return answer.every((part) => part.length === 0) ? null : answer;
    } catch (error) {
      if (!ended.signal.aborted && FINAL.includes(codeOf(error))) return null;
      throw error;
    } finally {
      this.#ends.delete(end);
    }
  }

  /** The canary's texts are short. */
  #checkReading(member: Member, { info }: PoolingLLM, question: Question, reading: Reading): void {
    const first = this.#first.get(keyOf({ ...question, meaning: PLAIN })) ?? this.#first.get(keyOf(question));
    if (!first || (first.of === member && first.info.max_model_len === info.max_model_len)) return;
    const why = readOtherwise(info, first.info, reading);
    if (why !== null) throw new ReadsOtherwise('model-mismatch', refused(member, why).message);
  }

  /** Without a pause: two models must not both be the first. */
  #compare(key: string, answer: Answer | null, of: Member, { info }: PoolingLLM): void {
    const refusal = this.#first.refusal(key, { answer, of, info }, this.#minCosine);
    if (refusal) throw refusal;
  }
}

const keyOf = ({ method, meaning }: Question) => `${method} ${meaning}`;
