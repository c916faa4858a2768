/** How much goes into one request: what is known when the server is connected to, and what its refusals teach. One for all calls of a connection. */

/** Characters, or token ids, in a request. TEI takes bodies of 2 MB, OpenAI 300,000 tokens in all: no request of so many characters is above either. */
const MOST_SIZE = 300_000;

export interface Most {
  inputs: number;
  /** Characters, or token ids. */
  size: number;
}

export class RequestLimits implements Most {
  #inputs: number;
  #size = MOST_SIZE;
  readonly #onLower: (what: string) => void;

  /** `onLower` is told what goes into a request from now on. */
  constructor(inputs: number, onLower: (what: string) => void) {
    this.#inputs = inputs;
    this.#onLower = onLower;
  }

  get inputs(): number {
    return this.#inputs;
  }

  get size(): number {
    return this.#size;
  }

  /** Never back up: a larger request would be refused at the price of its way there, and gains little. */
  lower({ inputs = Infinity, size = Infinity }: Partial<Most>): void {
    if (inputs < this.#inputs) this.#onLower(`${(this.#inputs = inputs)} inputs`);
    if (size < this.#size) this.#onLower(`${(this.#size = size)} characters`);
  }
}

/** Each group is a list of indices. Only inputs with the same key share a request, in their order. An input above the size goes alone. */
export function groupsOf(inputs: readonly number[], most: Most, sizeOf: (i: number) => number, keyOf: (i: number) => string): number[][] {
  const groups: number[][] = [];
  const open = new Map<string, { group: number[]; size: number }>();
  for (const i of inputs) {
    const key = keyOf(i);
    const size = sizeOf(i);
    const at = open.get(key);
    if (at && at.group.length < most.inputs && at.size + size <= most.size) {
      at.group.push(i);
      at.size += size;
    } else {
      const group = [i];
      groups.push(group);
      open.set(key, { group, size });
    }
  }
  return groups;
}
