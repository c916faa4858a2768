/** The query's vector in, the column of packages nearest to it out, over whatever is indexed by now. */
import { count, plural } from '../ui/format.ts';
import type { Package } from '../corpus/packages.ts';
import type { VectorIndex } from '../corpus/vector-index.ts';
import { shareWord, wordsOf } from '../corpus/words.ts';
import { createColumn } from './column.ts';
import type { Column } from './column.ts';
import type { QueryVector } from '../model/embed-query.ts';
import type { Result } from './result-row.ts';

/** Below this cosine MiniLM's nearest package rarely has to do with the query. */
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

/** Milliseconds of the search. */
export function showMeaning(column: Column, answer: QueryVector, vectors: VectorIndex, packages: readonly Package[], rows: number): number {
  const began = performance.now();
  const hits = vectors.search(answer.result, rows);
  const ms = performance.now() - began;
  const queryWords = wordsOf(answer.question);
  const results = hits.map(({ id, score }): Result => {
    const entry = packages[id]!;
    const noWords = queryWords.size > 0 && !shareWord(queryWords, wordsOf(`${entry.name} ${entry.title} ${entry.body}`));
    return { id, entry, score: score.toFixed(2), share: Math.max(0, score), marks: new Set(), noWords };
  });
  column.show(results, noteOf(results, vectors), 'No package is indexed yet.');
  return ms;
}

function noteOf(results: readonly Result[], vectors: VectorIndex): string {
  const { count: done, capacity } = vectors;
  const scope =
    done < capacity ? `${count(done)} of ${count(capacity)} packages indexed so far` : `all ${count(capacity)} packages compared`;
  const best = results[0];
  if (!best) return scope;
  if (best.share < weak) return `${scope} · the best is weak, perhaps none fits`;
  const apart = results.filter((result) => result.noWords).length;
  return apart === 0 ? scope : `${scope} · ${plural(apart, 'hit shares', 'hits share')} no word with your query`;
}
