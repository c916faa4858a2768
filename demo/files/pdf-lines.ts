/** The pieces of a PDF's page, as they stand on it, in; sentences and paragraphs out: a line's end is no end of a sentence, a gap between lines is one. */

/** What pdf.js calls a TextItem. */
export interface PdfItem {
  str: string;
  /** The last of its line. */
  hasEOL: boolean;
  height: number;
  /** The last two: where it begins, from the left and from the bottom. */
  transform: number[];
}

/** A gap of so many line heights parts two paragraphs, and so does a type that is so many times larger: a heading. */
const paragraphGap = 1.8;
const otherType = 1.15;

interface Line {
  y: number;
  height: number;
}

export function linesAsText(items: readonly PdfItem[]): string {
  let text = '';
  let above: Line | null = null;
  let ended = false;
  for (const { str, hasEOL, height, transform } of items) {
    if (str.trim() !== '') {
      const y = transform[5]!;
      if (ended) text = joined(text, str, above !== null && isParted(above, { y, height }));
      else text += str;
      above = { y, height };
      ended = hasEOL;
    } else {
      text += str;
      ended ||= hasEOL;
    }
  }
  // Characters that a font names and no table knows come as NUL.
  return text.replaceAll('\0', '').replace(/ {2,}/g, ' ').trim();
}

function isParted(above: Line, below: Line): boolean {
  const [small, large] = [Math.min(above.height, below.height), Math.max(above.height, below.height)];
  return above.y - below.y > paragraphGap * large || large > otherType * small;
}

/** A word that was parted at the end of a line is whole again. */
function joined(text: string, next: string, gap: boolean): string {
  if (gap) return `${text.trimEnd()}\n\n${next}`;
  if (/\p{L}-\s*$/u.test(text) && /^\p{Ll}/u.test(next)) return text.trimEnd().slice(0, -1) + next;
  return `${text.trimEnd()}${/[.!?:]\s*$/.test(text) ? '\n' : ' '}${next}`;
}
