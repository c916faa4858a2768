/** A comparison in; ten rows out, those that moved or came in marked, and a line with those that fell out. The rows are made once. */
import type { Package } from '../corpus/packages.ts';
import { el, setText } from '../ui/dom.ts';
import type { Comparison } from './compare.ts';

export interface MovedList {
  element: HTMLElement;
  show(comparison: Comparison, packages: readonly Package[]): void;
}

export function createMovedList(k: number): MovedList {
  const rows = Array.from({ length: k }, (_, place) => createRow(place + 1, k));
  const list = el(
    'ol',
    { class: 'moved', 'aria-labelledby': 'moved-heading', 'data-testid': 'moved' },
    ...rows.map(({ element }) => element),
  );
  const lost = el('p', { class: 'fine lost', 'data-testid': 'lost' });
  return {
    element: el('div', {}, list, lost),
    show({ hits, lost: gone }, packages) {
      rows.forEach((row, place) => row.show(hits[place], packages));
      const names = gone.map(({ id, fullRank, rank }) => `${packages[id]!.name} (was ${fullRank}, now ${rank})`);
      setText(lost, names.length === 0 ? 'None of the ten fell out.' : `Fell out of the ten: ${names.join(', ')}.`);
    },
  };
}

function createRow(rank: number, k: number) {
  const move = el('span', { class: 'move numbers' });
  const name = el('span', { class: 'name' });
  const title = el('span', { class: 'moved-title' });
  const score = el('span', { class: 'score-number' });
  const element = el('li', {}, el('span', { class: 'rank' }, String(rank)), move, name, title, score);
  return {
    element,
    show(hit: Comparison['hits'][number] | undefined, packages: readonly Package[]) {
      element.hidden = !hit;
      if (!hit) return;
      const { kind, words } = moveOf(hit.fullRank, rank, k);
      element.dataset['move'] = kind;
      setText(move, words);
      setText(name, packages[hit.id]!.name);
      setText(title, packages[hit.id]!.title);
      setText(score, hit.score.toFixed(2).replace('-', '−'));
    },
  };
}

function moveOf(was: number, is: number, k: number): { kind: string; words: string } {
  if (was === is) return { kind: 'same', words: 'same' };
  if (was > k) return { kind: 'new', words: `new, was ${was}` };
  return was > is ? { kind: 'up', words: `▲ was ${was}` } : { kind: 'down', words: `▼ was ${was}` };
}
