/** A whole file in, a box out in which one reads it, opened at the passage. Its parts are laid out as they come into sight: a book has many. */
import { el } from '../ui/dom.ts';
import { writeMarked } from './mark-words.ts';
import type { Marks } from './mark-words.ts';
import type { Whole } from './source.ts';

export interface Reader {
  element: HTMLElement;
  /** When it is in the page. */
  scrollToMark(): void;
}

const none: Marks = { words: new Set(), passage: null };
/** Pixels above the mark. */
const above = 48;

export function createReader({ label, texts, at }: Whole, marks: Marks): Reader {
  const parts = texts().map((text, i) => {
    const part = el('div', { class: 'reader-part' });
    writeMarked(part, text, i === at ? marks : none);
    return part;
  });
  const element = el('div', { class: 'reader', tabindex: 0, role: 'region', 'aria-label': label, 'data-testid': 'reader' }, ...parts);
  return {
    element,
    scrollToMark() {
      element.scrollIntoView({ block: 'nearest' });
      const target = parts[at]?.querySelector('mark.passage') ?? parts[at]?.querySelector('mark') ?? parts[at];
      if (target) element.scrollTop += target.getBoundingClientRect().top - element.getBoundingClientRect().top - above;
    },
  };
}
