/** The query in, the column of what contains its words out, at every keystroke. */
import { plural } from '../ui/format.ts';
import { createColumn } from './column.ts';
import type { Column } from './column.ts';
import type { Source } from './source.ts';

export function createKeywordColumn(rows: number): Column {
  return createColumn(
    {
      kind: 'keyword',
      heading: 'Keyword',
      scoreName: 'BM25',
      scoreMeaning:
        'BM25, the usual score of keyword search: rare words count more, words in names and titles count double, words that are only like yours a tenth. It has no fixed top; the bars are relative to the best hit.',
    },
    rows,
  );
}

export function showKeyword(column: Column, source: Source, query: string, rows: number): void {
  const nothing = source.nothing();
  if (nothing) return column.show([], '', nothing);
  if (query.trim() === '') return column.show([], '', `Lists ${source.many} that contain your words. It works now, without any model.`);
  const index = source.words();
  if (!index) return column.show([], `Reading the ${source.many}`, '');
  const began = performance.now();
  const hits = index.search(query);
  const ms = performance.now() - began;
  const best = hits[0]?.score ?? 1;
  const results = hits.slice(0, rows).flatMap(({ id, score, words }) => {
    const shown = source.show(id);
    const marks = { words: new Set(words), passage: null };
    return shown ? [{ ...shown, score: score.toFixed(1), share: score / best, marks, remark: '' }] : [];
  });
  const some = hits.length === 1 ? `1 ${source.one} has` : `${plural(hits.length, source.one, source.many)} have`;
  column.show(
    results,
    hits.length === 0 ? '' : `${some} one of your words, or one like it · ${ms.toFixed(1)}\u00a0ms`,
    `No ${source.one} contains any of these words.`,
  );
}
