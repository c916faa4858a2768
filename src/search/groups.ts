/** Documents in portions: for the model, and for the disk or a file. */

/** At most. A text that is longer is a portion of its own. */
export interface Portion {
  documents: number;
  /** UTF-16 code units of their texts. */
  characters: number;
}

/** For the model: enough that its batches are full, little enough to lose it in a crash. Some 30 passages of 1,000 characters. */
export const COMPUTED: Portion = { documents: 32, characters: 2 ** 15 };
/** For the disk, where each portion costs a flush. */
export const WRITTEN: Portion = { documents: 256, characters: 2 ** 20 };

export function* groups<T>(items: Iterable<T>, { documents, characters }: Portion, textOf: (item: T) => string): Generator<T[]> {
  let group: T[] = [];
  let left = characters;
  for (const item of items) {
    const { length } = textOf(item);
    if (group.length > 0 && length > left) {
      yield group;
      [group, left] = [[], characters];
    }
    left -= length;
    if (group.push(item) < documents) continue;
    yield group;
    [group, left] = [[], characters];
  }
  if (group.length > 0) yield group;
}
