/** A text and the words to mark in, text nodes and <mark> elements out; and the part of a body that shows the first of them. */
import { el } from '../ui/dom.ts';
import { piecesOf } from '../corpus/words.ts';

const lead = 60;

export function writeMarked(target: Element, text: string, words: ReadonlySet<string>): void {
  if (words.size === 0) {
    if (target.textContent !== text || target.childElementCount > 0) target.textContent = text;
    return;
  }
  target.replaceChildren(...piecesOf(text).map((piece) => (words.has(piece.toLowerCase()) ? el('mark', {}, piece) : piece)));
}

/** The beginning of `body`, or, if no word of it is marked there, from a little before the first that is. */
export function snippetOf(body: string, words: ReadonlySet<string>): string {
  let at = 0;
  for (const piece of words.size === 0 ? [] : piecesOf(body)) {
    if (words.has(piece.toLowerCase())) break;
    at += piece.length;
  }
  if (at <= lead || at >= body.length) return body;
  return `… ${body.slice(body.indexOf(' ', at - lead) + 1)}`;
}
