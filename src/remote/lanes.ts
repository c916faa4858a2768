/** Requests, so many at a time, whatever the number of calls; the first failure ends the others of its call. */
import { throwIfAborted } from '../errors.ts';
import { allOrNone, within } from '../within.ts';

/** Resolves with the parts that are left to do, if any. */
type Work<T> = (item: T, signal: AbortSignal) => Promise<readonly T[] | void>;

export class Lanes {
  readonly #count: number;
  #taken = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#count = count;
  }

  /**
   * Each call asks for as many lanes as there are and no more, so that a call of one request waits behind a few of a long call's, not behind all.
   * Work that has to be done in parts gives those back, to be done before the rest: what cannot be done at all ends with its first part. Rejects with
   * what failed first, when nothing of the call is under way any more.
   */
  async all<T>(items: readonly T[], signal: AbortSignal, work: Work<T>): Promise<void> {
    const left = items.toReversed();
    /** Each with a signal of its own: Node warns of more than ten listeners on one. */
    const open = new Map<Promise<void>, AbortController>();
    const begin = (item: T) => {
      const controller = new AbortController();
      const turn = this.#turn(item, controller.signal, work)
        .then((parts) => {
          for (const part of parts?.toReversed() ?? []) left.push(part);
        })
        .finally(() => open.delete(turn));
      open.set(turn, controller);
    };
    const drive = async (ended: AbortSignal) => {
      ended.addEventListener('abort', () => open.forEach((controller) => controller.abort(ended.reason)));
      while (!ended.aborted && (left.length > 0 || open.size > 0)) {
        if (left.length > 0 && open.size < this.#count) begin(left.pop()!);
        else await Promise.race(open.keys());
      }
      throwIfAborted(ended);
    };
    try {
      await allOrNone(signal, [drive]);
    } finally {
      await Promise.allSettled(open.keys());
    }
  }

  async #turn<T>(item: T, signal: AbortSignal, work: Work<T>): Promise<readonly T[] | void> {
    await this.#enter(signal);
    try {
      return await work(item, signal);
    } finally {
      this.#leave();
    }
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
