/** Tokens in, a table of their cosines to each other out, coloured. Long texts show their first tokens. */
import { el, setText } from '../ui/dom.ts';
import { count } from '../ui/format.ts';
import { cosine } from '../vectors/cosine.ts';
import type { Token } from './read-tokens.ts';

const most = 20;

export interface SimilarityGrid {
  element: HTMLElement;
  show(tokens: readonly Token[], picked: number): void;
}

export function createSimilarityGrid(): SimilarityGrid {
  const table = el('table', { class: 'grid numbers', 'aria-labelledby': 'grid-heading', 'data-testid': 'similarity-grid' });
  const note = el('p', { class: 'fine' });
  // It scrolls by itself where it is wider than the screen, so the keyboard must get at it.
  const scroller = el('div', { class: 'grid-scroller', tabindex: 0, role: 'group', 'aria-label': 'Grid, to scroll' }, table);
  let shown: readonly Token[] = [];

  const build = (tokens: readonly Token[]) => {
    const head = el('tr', {}, el('td', {}), ...tokens.map(({ text }) => el('th', { scope: 'col' }, el('span', {}, text))));
    const rows = tokens.map((token, y) =>
      el('tr', {}, el('th', { scope: 'row' }, token.text), ...tokens.map((other, x) => cell(x === y ? 1 : cosine(token.row, other.row)))),
    );
    table.replaceChildren(el('thead', {}, head), el('tbody', {}, ...rows));
  };

  return {
    element: el('div', {}, scroller, note),
    show(tokens, picked) {
      const part = tokens.slice(0, most);
      if (shown !== tokens) build(part);
      shown = tokens;
      [...table.rows].forEach((row, y) => {
        row.classList.toggle('picked', y === picked + 1);
        [...row.cells].forEach((td, x) => td.classList.toggle('picked', x === picked + 1));
      });
      setText(note, tokens.length > most ? `The first ${most} of ${count(tokens.length)} tokens.` : '');
    },
  };
}

function cell(value: number): HTMLElement {
  const td = el('td', { class: value < 0 ? 'negative' : null }, value.toFixed(2).replace('-', '−'));
  td.style.setProperty('--heat', Math.min(1, Math.abs(value)).toFixed(2));
  return td;
}
