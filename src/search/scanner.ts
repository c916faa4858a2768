/** Memory that rows of vectors lie in, and three loops over it: one score a row. WASM SIMD where it may be compiled, else plain loops. */

export interface Scanner {
  /** At `at` of the memory, which may be another buffer after `reserve`. */
  readonly memory: ArrayBuffer;
  /** Makes the memory at least so many bytes, contents kept. */
  reserve(bytes: number): void;
  /** Offsets in bytes, multiples of 16. `size`: of a row, in values. Scores: float32, the dot product. */
  dotF32(query: number, rows: number, count: number, size: number, scores: number): void;
  /** `size` in bytes. Scores: int32, the dot product. No value is -128. */
  dotI8(query: number, rows: number, count: number, size: number, scores: number): void;
  /** `size` in bytes. Scores: int32, how many bits differ. */
  hamming(query: number, rows: number, count: number, size: number, scores: number): void;
}

/** Values of a row that the loops take in one step: rows are padded to a multiple. */
export const STEP = { float32: 16, int8: 32, binary: 16 } as const;
