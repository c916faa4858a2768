/** A text, the words and the passage to mark in it in; text nodes and <mark> elements out. And where a snippet of it begins that shows them. */
import { placesOf } from '../corpus/words.ts';
import { el } from '../ui/dom.ts';

export interface Marks {
  /** Lowered. */
  words: ReadonlySet<string>;
  /** [start, end) in the text. */
  passage: { start: number; end: number } | null;
}

/** What a snippet shows of the text before it comes to the matter. */
const lead = 24;

export function writeMarked(target: Element, text: string, { words, passage }: Marks): void {
  if (words.size === 0 && !passage) {
    if (target.textContent !== text || target.childElementCount > 0) target.textContent = text;
    return;
  }
  const { start, end } = passage ?? { start: text.length, end: text.length };
  const inside = text.slice(start, end);
  target.replaceChildren(
    ...marked(text.slice(0, start), words),
    ...(inside === '' ? [] : [el('mark', { class: 'passage' }, ...marked(inside, words))]),
    ...marked(text.slice(end), words),
  );
}

function marked(text: string, words: ReadonlySet<string>): (Node | string)[] {
  let last = 0;
  const parts: (Node | string)[] = [];
  for (const [start, end] of placesOf(text, words)) {
    parts.push(text.slice(last, start), el('mark', {}, text.slice(start, end)));
    last = end;
  }
  return [...parts, text.slice(last)];
}

/** Where the passage begins, or else the first of the words; 0 if there is none. */
export function firstMark(text: string, { words, passage }: Marks): number {
  return passage ? passage.start : (placesOf(text, words)[0]?.[0] ?? 0);
}

/** The beginning of the text, or a little before the mark, at a word where there are spaces between words. */
export function snippetStart(text: string, mark: number): number {
  if (mark <= lead) return 0;
  const space = text.indexOf(' ', mark - lead);
  return space >= 0 && space < mark ? space + 1 : mark;
}
