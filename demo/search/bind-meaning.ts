/**
 * Keeps the meaning column true: on a new answer at once, while indexing goes on once a second.
 * While a package is open its order is held, so that nothing moves under the reader.
 */
import { errorBox } from '../ui/error-box.ts';
import { plural } from '../ui/format.ts';
import type { Page } from '../frame/page.ts';
import { waysOut } from '../model/ways-out.ts';
import type { Column } from './column.ts';
import { showMeaning } from './meaning-column.ts';
import type { QueryVector } from '../model/embed-query.ts';
import type { LiveCall } from '../model/live-call.ts';

const everyMs = 1000;
const noQuery = 'Lists packages that mean what you wrote, even if they share no word with it.';

export function bindMeaning(
  page: Page,
  meaning: LiveCall<string, Float32Array>,
  column: Column,
  rows: number,
  keywordCount: () => number,
): void {
  const { corpus } = page;
  const model = page.models.embedder;
  let drawn = 0; // when the column was last drawn from vectors
  let answer: QueryVector | null = null;

  const draw = (current: QueryVector): number => {
    drawn = performance.now();
    return showMeaning(column, current, corpus.vectors, corpus.state.get().packages, rows);
  };

  meaning.state.subscribe((state) => {
    column.list.setStale(state.kind === 'asking');
    if (state.kind === 'idle') column.show([], '', noQuery);
    else if (state.kind === 'waiting') column.show([], '', 'The model is not loaded yet. When it is, this list answers your query.');
    else if (state.kind === 'failed')
      column.showInstead(
        errorBox(
          state.error,
          waysOut(state.error, model, () => meaning.retry()),
        ),
      );
    else if (state.kind === 'asking' && !state.last) column.show([], '', 'Reading your query.');
    if (state.kind !== 'answered') return;
    answer = state.last;
    const search = draw(answer);
    page.footer.setTimings({ ...answer, search });
    page.announce(`${plural(keywordCount(), 'result', 'results')} by keyword, ${column.list.length()} by meaning.`);
  });

  corpus.indexer.state.subscribe(({ kind, done }) => {
    const state = meaning.state.get();
    if (!answer || state.kind !== 'answered') return;
    const due = kind !== 'running' || done < 64 || performance.now() - drawn > everyMs;
    if (due && !column.list.hasOpen()) draw(answer);
  });
}
