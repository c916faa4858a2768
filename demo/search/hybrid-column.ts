/** What a search by words and by meaning found in, the column of it out: each row says where it stands in the two lists beside it. */
import { createColumn } from './column.ts';
import type { Column } from './column.ts';
import type { Result } from './result-row.ts';
import { scopeOf } from './meaning-column.ts';
import type { Found, Source } from './source.ts';

/** Of reciprocal rank fusion: the first of a list gets 1 / (k + 1). */
const k = 20;
const best = 2 / (k + 1);

export function createHybridColumn(rows: number): Column {
  return createColumn(
    {
      kind: 'hybrid',
      heading: 'Hybrid',
      scoreName: 'rank fusion',
      scoreMeaning: `Reciprocal rank fusion: a hit gets 1 / (${k} + its place) from each of the two lists that it is in, and these are added. So it looks at places alone, and says nothing of how well the best one fits. The bar is full for the first of both lists.`,
    },
    rows,
  );
}

export interface Beside {
  /** The full list by words: ids, with the words of each that were found. */
  keyword: ReadonlyMap<string, { place: number; words: readonly string[] }>;
  /** Places by meaning, as deep as both are joined. */
  meaning: ReadonlyMap<string, number>;
}

export function showHybrid(column: Column, source: Source, found: readonly Found[], { keyword, meaning }: Beside): void {
  const results = found.flatMap(({ id, score, passage }): Result[] => {
    const shown = source.show(id);
    const [byWords, byMeaning] = [keyword.get(id), meaning.get(id)];
    const places = [byWords && `keyword ${byWords.place}`, byMeaning && `meaning ${byMeaning}`].filter(Boolean).join(' · ');
    // What words alone have found has no passage of its own.
    const marks = { words: new Set(byWords?.words), passage: byMeaning ? passage : null };
    return shown ? [{ ...shown, score: score.toFixed(3), share: score / best, marks, remark: places }] : [];
  });
  column.show(results, results.length > 0 ? scopeOf(source) : '', `No ${source.one} is indexed yet.`);
}
