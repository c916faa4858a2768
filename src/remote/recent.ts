/** A map of so many entries: the one that was not used for the longest time makes room. */
export class Recent<Key, Value> {
  readonly #entries = new Map<Key, Value>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  get(key: Key): Value | undefined {
    const value = this.#entries.get(key);
    if (value !== undefined) this.#renew(key, value);
    return value;
  }

  /** Returns what made room, if anything did. */
  set(key: Key, value: Value): Value | undefined {
    this.#renew(key, value);
    if (this.#entries.size <= this.#most) return undefined;
    const [oldest, given] = this.#entries.entries().next().value!;
    this.#entries.delete(oldest);
    return given;
  }

  delete(key: Key): void {
    this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
  }

  /** A Map keeps the order in which its keys came. */
  #renew(key: Key, value: Value): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
  }
}
