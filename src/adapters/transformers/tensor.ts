/** What transformers.js' Tensor is to those who call a pipeline: numbers, row-major, with the lengths of their dimensions. */

export type TensorData = Float32Array | Int8Array | Uint8Array;

export class Tensor {
  readonly type: 'float32' | 'int8' | 'uint8';
  readonly data: TensorData;
  /** Lengths, outermost first. */
  readonly dims: readonly number[];
  /** The rows, or tables, of the outermost dimension: views into `data`. Of a tensor with one dimension: none, see `data`. */
  readonly [index: number]: Tensor;

  constructor(data: TensorData, dims: readonly number[]) {
    this.type = data instanceof Float32Array ? 'float32' : data instanceof Int8Array ? 'int8' : 'uint8';
    this.data = data;
    this.dims = dims;
    if (dims.length > 1) for (let i = 0; i < dims[0]!; i++) Object.defineProperty(this, i, { get: () => this.#part(i) });
  }

  /** Numbers in all. */
  get size(): number {
    return this.data.length;
  }

  /** The parts of the outermost dimension; of one dimension, its numbers. */
  *[Symbol.iterator](): Generator<any, void, undefined> {
    if (this.dims.length === 1) yield* this.data;
    else for (let i = 0; i < this.dims[0]!; i++) yield this.#part(i);
  }

  /** Arrays in arrays, as deep as there are dimensions. */
  tolist(): any[] {
    return this.dims.length === 1 ? Array.from(this.data) : Array.from(this, (part: Tensor) => part.tolist());
  }

  #part(index: number): Tensor {
    const [, ...dims] = this.dims;
    const size = dims.reduce((product, length) => product * length, 1);
    return new Tensor(this.data.subarray(index * size, (index + 1) * size), dims);
  }
}
