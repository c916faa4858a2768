/** For the test of it. */
import type { IndexOptions } from '../../src/search.ts';
import type { Rows } from './rows.mjs';

export function build(
  rows: Rows,
  count: number,
  options: IndexOptions,
): Promise<{ prepare(queries: Float32Array[]): void; search(query: number, k: number): Promise<number[]> }>;
