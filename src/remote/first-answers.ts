/** Which model answered a canary first, and what: all that was handed out since is that model's, so another has to agree with it. */
import { PoolingError } from '../errors.ts';
import type { ModelInfo } from '../types.ts';
import { difference, type Answer } from './canary.ts';
import type { Member } from './member.ts';
import { Recent } from './recent.ts';

/** Sets of options, whose canaries are some 10 to 100 KB each. */
const KEPT = 32;

/** What a model said to a canary. `answer` is null where it refused it: then nothing can be compared. */
export interface Said {
  answer: Answer | null;
  of: Member;
  /** Of the model that it was then. */
  info: ModelInfo;
}

export class FirstAnswers {
  readonly #kept = new Recent<string, Said>(KEPT);
  /** Whose first answers were given up. What was asked for then is not known any more, so only these may be first again. */
  readonly #forgotten = new Set<Member>();

  /** `key`: what was asked for. Null: these answers may be handed out. Else why not. The first is kept. */
  refusal(key: string, said: Said, minCosine: number): PoolingError | null {
    const { answer, of } = said;
    const first = this.#kept.get(key);
    if (!first) {
      const other = [...this.#forgotten].find((member) => member !== of);
      if (other) return refused(of, `what model ${other.index} answered to such options is not kept any more`);
      const given = this.#kept.set(key, said);
      if (given) this.#forgotten.add(given.of);
      return null;
    }
    if (first.answer && answer) {
      const differ = difference(first.answer, answer, minCosine);
      return differ === null ? null : refused(of, `to a canary text it and model ${first.of.index} gave ${differ}`);
    }
    // A model that cannot be compared is trusted to be itself, and no other is trusted beside it.
    if (first.of !== of || first.answer) return refused(of, `it or model ${first.of.index} takes no canary text with such options`);
    this.#kept.set(key, said);
    return null;
  }

  get(key: string): Said | undefined {
    return this.#kept.get(key);
  }
}

export function refused({ index, llm }: Member, why: string): PoolingError {
  return new PoolingError(
    'model-mismatch',
    `Model ${index} of withFallback ("${llm?.info.model}") is not used: ${why}. Both must be the same model, pooled, prompted and cut alike.`,
  );
}
