/** Candidates and their new order in; two lists with lines between, and the picked package above them, out. */
import { el } from '../ui/dom.ts';
import { term } from '../ui/explain.ts';
import type { Candidates, Reranked } from './candidates.ts';
import { createMoveLines } from './move-lines.ts';
import { createPairPanel } from './pair-panel.ts';
import { createRankList } from './rank-list.ts';

export interface RankColumns {
  element: HTMLElement;
  /** Without an order the second list is empty. `picked`: a package's name; else the first of the best order there is. */
  show(candidates: Candidates, order: Reranked | null, picked: string | null): void;
}

export function createRankColumns(onPick: (name: string) => void): RankColumns {
  const before = createRankList('By vectors', 'before', onPick);
  const after = createRankList('Reranked', 'after', onPick);
  const lines = createMoveLines();
  const pair = createPairPanel();
  const blank = el('p', { class: 'blank' }, 'The new order comes here.');
  const element = el(
    'div',
    {},
    pair.element,
    el(
      'div',
      { class: 'rank-columns' },
      head(
        'By vectors',
        'cosine',
        'The query and each package were read apart, and their vectors are compared: 1.00 is the same direction.',
      ),
      head('Reranked', 'score', 'The reranker reads the query and the package together. 1.00: surely what was meant; 0.00: surely not.'),
      before.element,
      lines.element,
      el('div', { class: 'rank-after' }, after.element, blank),
    ),
  );
  return {
    element,
    show({ hits, entries }, order, picked) {
      const first = order?.[0]?.place ?? 0;
      const found = entries.findIndex(({ name }) => name === picked);
      const place = found < 0 ? first : found;
      const { name } = entries[place]!;
      before.show(
        hits.map(({ score }, i) => ({ entry: entries[i]!, score, was: null })),
        name,
      );
      after.show(
        (order ?? []).map((row) => ({ entry: entries[row.place]!, score: row.score, was: row.place + 1 })),
        name,
      );
      blank.hidden = order !== null;
      lines.show(order, place);
      const to = order?.findIndex((row) => row.place === place) ?? -1;
      pair.show({
        entry: entries[place]!,
        place: place + 1,
        cosine: hits[place]!.score,
        after: order && to >= 0 ? { place: to + 1, score: order[to]!.score } : null,
      });
    },
  };
}

function head(heading: string, scoreName: string, meaning: string): HTMLElement {
  return el(
    'div',
    { class: 'column-head' },
    el('h2', {}, heading),
    term(scoreName, () => meaning),
  );
}
