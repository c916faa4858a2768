/** Documents in portions: for the model, and for the disk or a file. */

/** For the model: enough that its batches are full, few enough to stop soon, and little to lose in a crash. */
export const COMPUTED = 32;
/** For the disk, where each portion costs a flush. */
export const WRITTEN = 256;

export function* groups<T>(items: Iterable<T>, size: number): Generator<T[]> {
  let group: T[] = [];
  for (const item of items) {
    if (group.push(item) < size) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}
