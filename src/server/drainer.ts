/** Counts the requests under way, tells when the last one is answered, and ends those that take too long for a shutdown. */

export class Drainer {
  /** Without those that come while it drains: they are refused. */
  #underWay = 0;
  #isDraining = false;
  #whenEmpty: (() => void)[] = [];
  #isOver = false;
  /** No AbortSignal: Node warns of one that more than ten listen to. */
  readonly #atEnd = new Set<() => void>();

  get isDraining(): boolean {
    return this.#isDraining;
  }

  /** The shutdown waits no longer. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Calls it when the shutdown waits no longer. Gives what takes that back. */
  atEnd(end: () => void): () => void {
    this.#atEnd.add(end);
    return () => void this.#atEnd.delete(end);
  }

  async count<T>(work: () => Promise<T>): Promise<T> {
    if (this.#isDraining) return work();
    this.#underWay++;
    try {
      return await work();
    } finally {
      if (--this.#underWay === 0) for (const resolve of this.#whenEmpty.splice(0)) resolve();
    }
  }

  /** Resolves when nothing is under way any more, to the number of requests that were ended after `ms`. */
  async drain(ms: number): Promise<number> {
    this.#isDraining = true;
    if (this.#underWay === 0) return 0;
    let ended = 0;
    const end = () => {
      ended = this.#underWay;
      this.#isOver = true;
      for (const tell of this.#atEnd) tell();
    };
    const timer = ms === Infinity ? undefined : setTimeout(end, ms);
    await new Promise<void>((resolve) => this.#whenEmpty.push(resolve));
    clearTimeout(timer);
    return ended;
  }
}
