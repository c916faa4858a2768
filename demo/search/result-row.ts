/** One hit in, one list item out: name, section, title, score as a bar and a number, a line of the body; the whole body when opened. */
import { el, setText } from '../ui/dom.ts';
import type { Package } from '../corpus/packages.ts';
import { snippetOf, writeMarked } from './mark-words.ts';

export interface Result {
  id: number;
  entry: Package;
  score: string;
  /** 0 to 1. */
  share: number;
  /** Lowered words to mark. */
  marks: ReadonlySet<string>;
  /** No word of the query is in the package. */
  noWords: boolean;
}

export interface ResultRow {
  element: HTMLLIElement;
  button: HTMLButtonElement;
  show(result: Result, open: boolean): void;
}

export function createResultRow(rank: number, bodyId: string): ResultRow {
  const name = el('span', { class: 'name' });
  const section = el('span', { class: 'section' });
  const fill = el('span', { class: 'score-fill' });
  const number = el('span', { class: 'score-number' });
  const title = el('span', { class: 'title' });
  const apart = el('span', { class: 'apart', hidden: true }, 'no words in common');
  const snippet = el('span', { class: 'snippet' });
  const button = el(
    'button',
    { type: 'button', class: 'result-head', tabindex: -1, 'aria-expanded': 'false', 'aria-controls': bodyId },
    el(
      'span',
      { class: 'result-top' },
      el('span', { class: 'rank' }, String(rank)),
      name,
      section,
      el('span', { class: 'score-bar' }, fill),
      number,
    ),
    title,
    el('span', { class: 'result-last' }, apart, snippet),
  );
  const body = el('div', { class: 'result-body', id: bodyId, hidden: true });
  const element = el('li', { class: 'result', hidden: true }, button, body);
  return {
    element,
    button,
    show(result, open) {
      const { entry, marks } = result;
      element.hidden = false;
      element.dataset['name'] = entry.name;
      writeMarked(name, entry.name, marks);
      setText(section, entry.section);
      writeMarked(title, entry.title, marks);
      setText(number, result.score);
      fill.style.transform = `scaleX(${result.share})`;
      apart.hidden = !result.noWords;
      snippet.hidden = open;
      body.hidden = !open;
      button.setAttribute('aria-expanded', String(open));
      if (open) writeMarked(body, entry.body, marks);
      else writeMarked(snippet, snippetOf(entry.body, marks), marks);
    },
  };
}
