/** Groups of inputs -> requests for them, so many at a time, whatever the number of calls; the first failure ends the others of its call. */
import { allOrNone, within } from '../within.ts';

/** Characters, or token ids, in a request. TEI takes bodies of 2 MB, OpenAI 300,000 tokens in all: no request of so many characters is above either. */
const MOST_SIZE = 300_000;

/** Each group is a list of indices. Only inputs with the same key share a request, in their order. An input above the size goes alone. */
export function groupsOf<T>(inputs: readonly T[], most: number, sizeOf: (input: T) => number, keyOf: (input: T) => string): number[][] {
  const groups: number[][] = [];
  const open = new Map<string, { group: number[]; size: number }>();
  inputs.forEach((input, i) => {
    const key = keyOf(input);
    const size = sizeOf(input);
    const at = open.get(key);
    if (at && at.group.length < most && at.size + size <= MOST_SIZE) {
      at.group.push(i);
      at.size += size;
    } else {
      const group = [i];
      groups.push(group);
      open.set(key, { group, size });
    }
  });
  return groups;
}

export class Lanes {
  readonly #count: number;
  #taken = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#count = count;
  }

  /**
   * Each call asks for as many lanes as there are and no more, so that a call of one request waits behind a few of a long call's, not behind all.
   * Rejects with what failed first, when nothing of the call is under way any more.
   */
  async all(
    groups: readonly number[][],
    signal: AbortSignal,
    work: (group: number[], signal: AbortSignal) => Promise<void>,
  ): Promise<void> {
    const left = groups.values();
    const lane = async (ended: AbortSignal) => {
      for (const group of left) {
        await this.#enter(ended);
        try {
          await work(group, ended);
        } finally {
          this.#leave();
        }
      }
    };
    await allOrNone(
      signal,
      Array.from({ length: Math.min(this.#count, groups.length) }, () => lane),
    );
  }

  async #enter(signal: AbortSignal): Promise<void> {
    if (this.#taken < this.#count) {
      this.#taken++;
      return;
    }
    let enter = () => {};
    const turn = new Promise<void>((resolve) => this.#waiting.push((enter = resolve)));
    try {
      await within(Infinity, signal, turn);
    } catch (error) {
      const at = this.#waiting.indexOf(enter);
      // Its turn may have come in the same moment.
      if (at >= 0) this.#waiting.splice(at, 1);
      else this.#leave();
      throw error;
    }
  }

  /** The lane is handed on, not freed: nobody can take it in between. */
  #leave(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#taken--;
  }
}
