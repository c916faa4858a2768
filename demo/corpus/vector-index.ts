/** Unit vectors in, the nearest of them out: one Float32Array `[count, size]`, an exact dot product over all, no approximation. */
import { dot } from '../vectors/cosine.ts';
import type { VectorRows } from '../vectors/forms.ts';
import { topOf } from '../vectors/top.ts';

export interface VectorHit {
  id: number;
  /** Cosine: the vectors are of unit length. */
  score: number;
}

export class VectorIndex {
  readonly capacity: number;
  #count = 0;
  #size = 0;
  #data = new Float32Array(0);

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  /** Vectors that are in; their ids are 0 to count - 1. */
  get count(): number {
    return this.#count;
  }

  get bytes(): number {
    return this.#count * this.#size * 4;
  }

  add(vectors: readonly Float32Array[]): void {
    for (const vector of vectors) {
      if (this.#size === 0) {
        this.#size = vector.length;
        this.#data = new Float32Array(this.capacity * vector.length);
      }
      this.#data.set(vector, this.#count * this.#size);
      this.#count++;
    }
  }

  /** Those that are in by now; a view, to be read. */
  rows(): VectorRows {
    return { data: this.#data.subarray(0, this.#count * this.#size), count: this.#count, size: this.#size };
  }

  clear(): void {
    this.#count = 0;
    this.#size = 0;
  }

  /** The best `k`, best first. */
  search(query: Float32Array, k: number): VectorHit[] {
    const scores = new Float32Array(this.#count);
    for (let id = 0; id < this.#count; id++) scores[id] = dot(query, this.#data.subarray(id * this.#size, (id + 1) * this.#size));
    return topOf(scores, k).map((id) => ({ id, score: scores[id]! }));
  }
}
