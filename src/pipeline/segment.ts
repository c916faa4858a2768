/**
 * A long text -> pieces that can be tokenised one after the other with the same ids as the whole, so that a book needs the memory of a page.
 *
 *   "… the quick brown| fox …"     a seam: one space between two letters where
 *                     ^            ids(left + " " + right) = ids(left) + ids(right), with or without the space
 *
 * Every seam is proved on the text around it before it is used, so nothing has to be known about the tokenizer. Where no seam is found
 * (10 MB of one letter, a language without spaces), the piece just gets longer.
 */

/** Long enough that seams cost nothing, short enough that a cancel is heard at once and that the tokenizer's own arrays stay small. */
const SEGMENT_CHARS = 16_384;
/** Text on either side that a seam is proved on. No tokenizer we know looks further across a space. */
const CONTEXT_CHARS = 48;
const MAX_TRIES = 32;

export function* segments(text: string, encode: (text: string) => readonly number[]): Generator<string> {
  let start = 0;
  while (text.length - start > 2 * SEGMENT_CHARS) {
    const seam = findSeam(text, start + SEGMENT_CHARS, encode);
    if (!seam) break;
    yield text.slice(start, seam.end);
    start = seam.next;
  }
  yield text.slice(start);
}

/** Where the left piece ends and the right one begins: the same place, or one space apart. */
function findSeam(text: string, from: number, encode: (text: string) => readonly number[]) {
  const candidate = /\p{L} (?=\p{L})/gu;
  candidate.lastIndex = from;
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const match = candidate.exec(text);
    if (!match) return null;
    const end = match.index + match[0].length - 1;
    const left = text.slice(Math.max(0, end - CONTEXT_CHARS), end);
    const right = text.slice(end, end + CONTEXT_CHARS);
    const whole = encode(left + right);
    const leftIds = encode(left);
    for (const skip of [0, 1]) {
      if (equal(whole, [...leftIds, ...encode(right.slice(skip))])) return { end, next: end + skip };
    }
  }
  return null;
}

function equal(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((id, i) => id === b[i]);
}
