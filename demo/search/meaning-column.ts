/** What is nearest to the query in, the column of it out, over whatever is indexed by now. */
import { wordsOf, shareWord } from '../corpus/words.ts';
import { count, plural } from '../ui/format.ts';
import { createColumn } from './column.ts';
import type { Column } from './column.ts';
import type { Result } from './result-row.ts';
import type { Found, Source } from './source.ts';

/** Below this cosine MiniLM's nearest text rarely has to do with the query. */
const weak = 0.28;

export function createMeaningColumn(rows: number): Column {
  return createColumn(
    {
      kind: 'meaning',
      heading: 'Meaning',
      scoreName: 'cosine',
      scoreMeaning:
        'The model turns each text into 384 numbers, an arrow of length 1. The cosine of the angle between two arrows is 1.00 if they point the same way and near 0 if the texts have nothing to do with each other.',
    },
    rows,
  );
}

export function showMeaning(column: Column, source: Source, query: string, found: readonly Found[]): void {
  const queryWords = wordsOf(query);
  const apart = 'no words in common';
  const results = found.flatMap(({ id, score, passage }): Result[] => {
    const shown = source.show(id);
    if (!shown) return [];
    const said = passage ? shown.text.slice(passage.start, passage.end) : `${shown.name} ${shown.title} ${shown.text}`;
    const remark = queryWords.size > 0 && !shareWord(queryWords, wordsOf(said)) ? apart : '';
    return [{ ...shown, score: score.toFixed(2), share: Math.max(0, score), marks: { words: new Set(), passage }, remark }];
  });
  const noWords = results.filter(({ remark }) => remark === apart).length;
  column.show(results, [scopeOf(source), noteOf(results, noWords)].filter(Boolean).join(' · '), `No ${source.one} is indexed yet.`);
}

function noteOf(results: readonly Result[], noWords: number): string {
  const best = results[0];
  if (!best) return '';
  if (best.share < weak) return 'the best is weak, perhaps none fits';
  return noWords === 0 ? '' : `${plural(noWords, 'hit shares', 'hits share')} no word with your query`;
}

export function scopeOf(source: Source): string {
  const { done, total } = source.indexed();
  if (done < total) return `${count(done)} of ${plural(total, source.one, source.many)} indexed so far`;
  return total === 1 ? `1 ${source.one} compared` : `all ${count(total)} ${source.many} compared`;
}
