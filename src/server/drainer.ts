/** Counts the requests under way, and tells when the last one is answered. */

export class Drainer {
  #underWay = 0;
  #isDraining = false;
  #whenEmpty: (() => void)[] = [];

  get underWay(): number {
    return this.#underWay;
  }

  get isDraining(): boolean {
    return this.#isDraining;
  }

  async count<T>(work: () => Promise<T>): Promise<T> {
    this.#underWay++;
    try {
      return await work();
    } finally {
      if (--this.#underWay === 0) for (const resolve of this.#whenEmpty.splice(0)) resolve();
    }
  }

  drain(): Promise<void> {
    this.#isDraining = true;
    if (this.#underWay === 0) return Promise.resolve();
    return new Promise((resolve) => this.#whenEmpty.push(resolve));
  }
}
