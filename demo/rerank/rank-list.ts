/** Packages in an order in; rows of one height out, of which one is picked. One Tab stop; the arrow keys walk. */
import type { Package } from '../corpus/packages.ts';
import { button, el, setAttribute, setText } from '../ui/dom.ts';
import { createRoving } from '../ui/roving.ts';
import { candidateCount } from './candidates.ts';

export interface RankRow {
  entry: Package;
  score: number;
  /** Its place in the other list, where there is one. */
  was: number | null;
}

export interface RankList {
  element: HTMLElement;
  show(rows: readonly RankRow[], picked: string | null): void;
}

export function createRankList(label: string, id: string, onPick: (name: string) => void): RankList {
  let shown: readonly RankRow[] = [];
  const rows = Array.from({ length: candidateCount }, (_, index) => {
    const name = el('span', { class: 'name' });
    const title = el('span', { class: 'rank-title fine' });
    const was = el('span', { class: 'was numbers' });
    const score = el('span', { class: 'score-number' });
    const head = button('', { class: 'rank-row', 'aria-pressed': 'false' }, () => {
      const row = shown[index];
      if (row) onPick(row.entry.name);
    });
    head.append(el('span', { class: 'rank' }, String(index + 1)), name, title, was, score);
    return { element: el('li', { hidden: true }, head), head, name, title, was, score };
  });
  const element = el('ol', { class: 'ranks', 'aria-label': label, 'data-testid': id }, ...rows.map((row) => row.element));
  const roving = createRoving(element, () => rows.slice(0, shown.length).map(({ head }) => head));
  roving.setStop(0);

  return {
    element,
    show(next, picked) {
      shown = next;
      rows.forEach((row, index) => {
        const shownRow = next[index];
        row.element.hidden = !shownRow;
        if (!shownRow) return;
        const { entry, score, was } = shownRow;
        row.element.dataset['name'] = entry.name;
        setText(row.name, entry.name);
        setText(row.title, entry.title);
        setText(row.was, was === null ? '' : wasWords(was, index + 1));
        setText(row.score, score.toFixed(2).replace('-', '−'));
        setAttribute(row.head, 'aria-pressed', entry.name === picked ? 'true' : 'false');
      });
    },
  };
}

function wasWords(was: number, is: number): string {
  if (was === is) return 'same';
  return was > is ? `▲ was ${was}` : `▼ was ${was}`;
}
