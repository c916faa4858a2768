/** The picked package in; what both models were given of it, and what they made of it, out. */
import type { Package } from '../corpus/packages.ts';
import { el, setText } from '../ui/dom.ts';

export interface Pair {
  entry: Package;
  place: number;
  cosine: number;
  /** Null until it is reranked. */
  after: { place: number; score: number } | null;
}

export interface PairPanel {
  element: HTMLElement;
  show(pair: Pair): void;
}

export function createPairPanel(): PairPanel {
  const head = el('p', {});
  const numbers = el('p', { class: 'fine numbers' });
  const body = el('p', { class: 'pair-body fine', tabindex: 0, role: 'group', 'aria-label': 'Description' });
  return {
    element: el('div', { class: 'pair', 'data-testid': 'pair' }, head, numbers, body),
    show({ entry, place, cosine, after }) {
      head.replaceChildren(el('strong', {}, entry.name), ` ${entry.title}`);
      const before = `By vectors: place ${place}, cosine ${cosine.toFixed(2)}.`;
      setText(numbers, after ? `${before} Read together with the query: place ${after.place}, score ${after.score.toFixed(3)}.` : before);
      setText(body, entry.body);
    },
  };
}
