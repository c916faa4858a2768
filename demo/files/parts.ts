/**
 * A text in, the parts it is indexed in out, which together are all of it: a paragraph with its heading, or some short ones. So a passage
 * does not begin with the end of another matter, and the indexing can be stopped after any of them.
 */

export interface Range {
  start: number;
  end: number;
}

/** Characters. What is shorter goes with what follows: a heading says little on its own. */
const shortest = 100;
const longest = 2000;

/** Where a paragraph that is too long is cut, the best first. */
const ends = ['\n', '. ', '。', ' '];

export function partsOf(text: string): Range[] {
  const parts: Range[] = [];
  for (let start = 0; start < text.length;) {
    const end = endOf(text, start);
    if (text.slice(start, end).trim() !== '') parts.push({ start, end });
    start = end;
  }
  return parts;
}

function endOf(text: string, start: number): number {
  const paragraph = /\n\s*\n/.exec(text.slice(start + shortest, start + longest));
  if (paragraph) return start + shortest + paragraph.index + paragraph[0].length;
  const limit = start + longest;
  if (limit >= text.length) return text.length;
  // In the second half, so that parts are of like length.
  const half = text.slice(start + longest / 2, limit);
  for (const end of ends) {
    const at = half.lastIndexOf(end);
    if (at >= 0) return start + longest / 2 + at + end.length;
  }
  // Never inside a character of two code units.
  return /[\ud800-\udbff]$/.test(half) ? limit - 1 : limit;
}
