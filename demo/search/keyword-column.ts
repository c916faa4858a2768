/** The query in, the column of packages that contain its words out, at every keystroke. */
import { plural } from '../ui/format.ts';
import type { KeywordIndex } from '../corpus/keyword-index.ts';
import type { Package } from '../corpus/packages.ts';
import { createColumn } from './column.ts';
import type { Column } from './column.ts';

export function createKeywordColumn(rows: number): Column {
  return createColumn(
    {
      kind: 'keyword',
      heading: 'Keyword',
      scoreName: 'BM25',
      scoreMeaning:
        'BM25, the usual score of keyword search: rare words count more, words in the name and title count double. It has no fixed top; the bars are relative to the best hit.',
    },
    rows,
  );
}

export function showKeyword(column: Column, index: KeywordIndex | null, packages: readonly Package[], query: string, rows: number): number {
  if (query.trim() === '') {
    column.show([], '', 'Lists packages that contain your words. It works now, without any model.');
    return 0;
  }
  if (!index) {
    column.show([], 'Reading the packages (0.2 MB)', '');
    return 0;
  }
  const began = performance.now();
  const hits = index.search(query);
  const ms = performance.now() - began;
  const best = hits[0]?.score ?? 1;
  const results = hits.slice(0, rows).map(({ id, score, words }) => ({
    id,
    entry: packages[id]!,
    score: score.toFixed(1),
    share: score / best,
    marks: new Set(words),
    noWords: false,
  }));
  const some = hits.length === 1 ? '1 package has' : `${plural(hits.length, 'package', 'packages')} have`;
  column.show(
    results,
    hits.length === 0 ? '' : `${some} at least one of your words · ${ms.toFixed(1)} ms`,
    'No package contains any of these words.',
  );
  return results.length;
}
