/** Calls that change documents, numbered as they begin -> of two that name one document, which may still put it in. */
export class CallOrder {
  #last = 0;
  /** Calls under way, the earliest first. */
  readonly #open = new Set<number>();
  /** By id: the latest call that put the document in, left it as it was, or took it out. Only what an earlier one under way may ask for. */
  readonly #decided = new Map<string, number>();

  async run<T>(work: (call: number) => Promise<T>): Promise<T> {
    const call = ++this.#last;
    this.#open.add(call);
    try {
      return await work(call);
    } finally {
      this.#end(call);
    }
  }

  /** To be asked in the turn that writes: whether no later call has decided what becomes of the document. One that failed has not. */
  isLatest(call: number, id: string): boolean {
    return (this.#decided.get(id) ?? 0) <= call;
  }

  /** In the same turn, when it is done. */
  decide(call: number, ids: Iterable<string>): void {
    if (this.#earliest < call) for (const id of ids) this.#decided.set(id, call);
  }

  /** What was decided says nothing of another index. */
  forget(): void {
    this.#decided.clear();
  }

  #end(call: number): void {
    const was = this.#earliest;
    this.#open.delete(call);
    const earliest = this.#earliest;
    if (earliest > was) for (const [id, by] of this.#decided) if (by <= earliest) this.#decided.delete(id);
  }

  get #earliest(): number {
    const [first = Infinity] = this.#open;
    return first;
  }
}
