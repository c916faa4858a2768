/** A heading, a line that says what is listed, and the list (or a sentence while it is empty). */
import { el, setText } from '../ui/dom.ts';
import { term } from '../ui/explain.ts';
import { createResultList } from './result-list.ts';
import type { ListName } from './narrow-switch.ts';
import type { Result } from './result-row.ts';

export interface Column {
  element: HTMLElement;
  list: ReturnType<typeof createResultList>;
  /** Results and the line above them. `blank` stands where the list would be if there are none. */
  show(results: readonly Result[], note: string, blank: string): void;
  /** In the place of the results: an error, which is taken away by the next `show`. */
  showInstead(element: HTMLElement): void;
}

export interface ColumnTexts {
  kind: ListName;
  heading: string;
  scoreName: string;
  scoreMeaning: string;
}

export function createColumn({ kind, heading, scoreName, scoreMeaning }: ColumnTexts, rows: number): Column {
  const list = createResultList(kind, `Results by ${kind}`, rows);
  const note = el('p', { class: 'note numbers', 'data-testid': `${kind}-note` });
  const blank = el('p', { class: 'blank' });
  const instead = el('div', {});
  const element = el(
    'section',
    { class: 'column', 'data-column': kind, 'aria-labelledby': `${kind}-heading` },
    el(
      'div',
      { class: 'column-head' },
      el('h2', { id: `${kind}-heading` }, heading),
      term(scoreName, () => scoreMeaning),
    ),
    note,
    instead,
    blank,
    list.element,
  );
  return {
    element,
    list,
    show(results, noteText, blankText) {
      instead.replaceChildren();
      setText(note, noteText);
      setText(blank, results.length === 0 ? blankText : '');
      blank.hidden = results.length > 0;
      list.show(results);
    },
    showInstead(replacement) {
      setText(note, '');
      blank.hidden = true;
      list.show([]);
      instead.replaceChildren(replacement);
    },
  };
}
