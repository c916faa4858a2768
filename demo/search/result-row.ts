/** One hit in, one list item out: name, score as a bar and a number, title, a line of the text; all of it when opened. */
import { el, setText } from '../ui/dom.ts';
import { firstMark, snippetStart, writeMarked } from './mark-words.ts';
import type { Marks } from './mark-words.ts';
import { createReader } from './reader.ts';
import type { Shown } from './source.ts';

export interface Result extends Shown {
  score: string;
  /** 0 to 1. */
  share: number;
  marks: Marks;
  /** A few words before the text, or none. */
  remark: string;
}

export interface ResultRow {
  element: HTMLLIElement;
  button: HTMLButtonElement;
  show(result: Result, open: boolean): void;
}

/** Characters of a snippet: more than its lines hold. */
const snippetLength = 400;

export function createResultRow(rank: number, bodyId: string): ResultRow {
  const name = el('span', { class: 'name' });
  const place = el('span', { class: 'section' });
  const fill = el('span', { class: 'score-fill' });
  const number = el('span', { class: 'score-number' });
  const title = el('span', { class: 'title' });
  const remark = el('span', { class: 'apart' });
  const snippet = el('span', { class: 'snippet' });
  const button = el(
    'button',
    { type: 'button', class: 'result-head', tabindex: -1, 'aria-expanded': 'false', 'aria-controls': bodyId },
    el(
      'span',
      { class: 'result-top' },
      el('span', { class: 'rank' }, String(rank)),
      name,
      el('span', { class: 'score-bar' }, fill),
      number,
    ),
    title,
    el('span', { class: 'result-last' }, place, remark, snippet),
  );
  const body = el('div', { class: 'result-body', id: bodyId, hidden: true });
  const element = el('li', { class: 'result', hidden: true }, button, body);
  let opened: string | null = null;

  const showBody = (result: Result) => {
    if (!result.whole) return writeMarked(body, result.text, result.marks);
    // Where its reader has scrolled to is theirs.
    if (opened === result.id) return;
    const reader = createReader(result.whole, result.marks);
    body.replaceChildren(reader.element);
    reader.scrollToMark();
  };

  return {
    element,
    button,
    show(result, open) {
      const { marks, text } = result;
      const at = firstMark(text, marks);
      element.hidden = false;
      element.dataset['name'] = result.name;
      writeMarked(name, result.name, { words: marks.words, passage: null });
      setText(place, result.place(at, marks.passage?.end ?? at + 1));
      title.hidden = result.title === '';
      writeMarked(title, result.title, { words: marks.words, passage: null });
      setText(number, result.score);
      fill.style.transform = `scaleX(${result.share})`;
      remark.hidden = result.remark === '';
      setText(remark, result.remark);
      snippet.hidden = open;
      body.hidden = !open;
      button.setAttribute('aria-expanded', String(open));
      if (open) showBody(result);
      else {
        writeSnippet(snippet, text, at, marks);
        if (opened !== null) body.replaceChildren();
      }
      opened = open ? result.id : null;
    },
  };
}

function writeSnippet(target: Element, text: string, at: number, { words, passage }: Marks): void {
  const start = snippetStart(text, at);
  const dots = start > 0 ? '… ' : '';
  const shift = dots.length - start;
  writeMarked(target, dots + text.slice(start, start + snippetLength), {
    words,
    passage: passage && { start: passage.start + shift, end: passage.end + shift },
  });
}
