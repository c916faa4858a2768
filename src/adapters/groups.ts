/** A list -> lists of at most `size`, in order. None of an empty list. Throws `invalid-option`. */
import { PoolingError, shown } from '../errors.ts';

export function inGroups<T>(list: readonly T[], size: number): T[][] {
  if (!(size >= 1)) throw new PoolingError('invalid-option', `batchSize must be at least 1, got ${shown(size)}.`);
  const groups: T[][] = [];
  for (let start = 0; start < list.length; start += size) groups.push(list.slice(start, start + size));
  return groups;
}
