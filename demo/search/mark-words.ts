/** A text, the words and the passage to mark in it in; text nodes and <mark> elements out. And where a snippet of it begins that shows them. */
import { piecesOf } from '../corpus/words.ts';
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
  if (words.size === 0 || text === '') return [text];
  return piecesOf(text).map((piece) => (words.has(piece.toLowerCase()) ? el('mark', {}, piece) : piece));
}

/** Where the passage begins, or else the first of the words; 0 if there is none. */
export function firstMark(text: string, { words, passage }: Marks): number {
  if (passage) return passage.start;
  let at = 0;
  for (const piece of words.size === 0 ? [] : piecesOf(text)) {
    if (words.has(piece.toLowerCase())) return at;
    at += piece.length;
  }
  return 0;
}

/** The beginning of the text, or a little before the mark, at a word. */
export function snippetStart(text: string, mark: number): number {
  return mark <= lead ? 0 : text.indexOf(' ', mark - lead) + 1;
}
