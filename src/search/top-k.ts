/** Scores -> the indices of the k largest, largest first; equals keep their order. One pass, a heap of k. */

/** Rows of a table, best first, and their scores. */
export interface Ranked {
  rows: number[];
  scores: Float32Array;
}

/** `keep`: rows that count. Null: all. Fewer than k come back if there are not so many. A score that is NaN is in no answer. */
export function topK(scores: ArrayLike<number>, count: number, k: number, keep: ((index: number) => boolean) | null): number[] {
  const heap: number[] = [];
  if (k === 0) return heap;
  // The worst of those kept is at the root: lower score, or the same and a later index.
  const isWorse = (a: number, b: number) => scores[a]! < scores[b]! || (scores[a] === scores[b] && a > b);
  let least = -Infinity;
  for (let index = 0; index < count; index++) {
    const score = scores[index]!;
    // A later index loses against an equal score.
    if (heap.length === k && !(score > least)) continue;
    if (Number.isNaN(score)) continue;
    if (keep !== null && !keep(index)) continue;
    if (heap.length < k) siftUp(heap, heap.push(index) - 1, isWorse);
    else siftDown(heap, index, isWorse);
    least = scores[heap[0]!]!;
  }
  return heap.sort((a, b) => (isWorse(a, b) ? 1 : -1));
}

type Worse = (a: number, b: number) => boolean;

function siftUp(heap: number[], at: number, isWorse: Worse): void {
  const item = heap[at]!;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!isWorse(item, heap[parent]!)) break;
    heap[at] = heap[parent]!;
    at = parent;
  }
  heap[at] = item;
}

/** The root gives way to `item`. */
function siftDown(heap: number[], item: number, isWorse: Worse): void {
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && isWorse(heap[child + 1]!, heap[child]!)) child++;
    if (!isWorse(heap[child]!, item)) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = item;
}
