/**
 * The pieces of a PDF's page, as they stand on it, in; sentences and paragraphs out: a line's end is no end of a sentence, a gap between
 * lines is one.
 */

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
  const done: string[] = [];
  let line = '';
  let above: Line | null = null;
  let ended = false;
  for (const { str, hasEOL, height, transform } of items) {
    if (str.trim() === '') {
      line += str;
      ended ||= hasEOL;
      continue;
    }
    const here = { y: transform[5]!, height };
    if (!ended) line += str;
    else if (isHyphenated(line, str)) line = line.trimEnd().slice(0, -1) + str;
    else {
      done.push(line.trimEnd(), above && isParted(above, here) ? '\n\n' : /[.!?:]\s*$/.test(line) ? '\n' : ' ');
      line = str;
    }
    above = here;
    ended = hasEOL;
  }
  // Characters that a font names and no table knows come as NUL.
  return (done.join('') + line).replaceAll('\0', '').replace(/ {2,}/g, ' ').trim();
}

/** A word that was parted at the end of a line. */
const isHyphenated = (line: string, next: string) => /\p{L}-\s*$/u.test(line) && /^\p{Ll}/u.test(next);

function isParted(above: Line, below: Line): boolean {
  const [small, large] = [Math.min(above.height, below.height), Math.max(above.height, below.height)];
  return above.y - below.y > paragraphGap * large || large > otherType * small;
}
