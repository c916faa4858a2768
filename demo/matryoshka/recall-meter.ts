/**
 * Vectors in; out, for a shorter or coarser form of them, how many of the ten nearest it still finds. Each of up to a hundred vectors, spread over all,
 * looks for its neighbours. Works in short slices, since it runs where the page is drawn.
 */
import { formOf } from '../vectors/forms.ts';
import type { Precision, VectorRows } from '../vectors/forms.ts';
import { topOf } from '../vectors/top.ts';

export const neighbours = 10;
const mostQueries = 100;
const sliceMs = 8;

export interface RecallMeter {
  /** Vectors that look for their neighbours. */
  queries: number;
  /** 0 to 1; null if the signal came first. */
  measure(dimensions: number, precision: Precision, signal: AbortSignal): Promise<number | null>;
}

export function createRecallMeter(full: VectorRows): RecallMeter {
  const queries = Math.min(mostQueries, full.count);
  const ids = Array.from({ length: queries }, (_, i) => Math.floor((i * full.count) / queries));
  const vectorOf = (id: number) => full.data.subarray(id * full.size, (id + 1) * full.size);
  const exact = formOf(full, full.size, 'fp32');
  const truth = new Map<number, ReadonlySet<number>>();

  return {
    queries,
    async measure(dimensions, precision, signal) {
      const form = formOf(full, dimensions, precision);
      let found = 0;
      let until = performance.now() + sliceMs;
      for (const id of ids) {
        if (!truth.has(id)) truth.set(id, new Set(topOf(exact.scores(vectorOf(id)), neighbours, id)));
        const wanted = truth.get(id)!;
        found += topOf(form.scores(vectorOf(id)), neighbours, id).filter((hit) => wanted.has(hit)).length / wanted.size;
        if (performance.now() < until) continue;
        await new Promise((resolve) => setTimeout(resolve));
        if (signal.aborted) return null;
        until = performance.now() + sliceMs;
      }
      return found / queries;
    },
  };
}
