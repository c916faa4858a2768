/**
 * A long text -> pieces that can be tokenised one after the other with the same ids as the whole, so that a book needs the memory of a page.
 *
 *   "… the quick brown| fox …"     a seam: one space between two letters where
 *                     ^            ids(left + " " + right) = ids(left) + ids(right), with or without the space
 *
 * Digits stand for letters too, and ends of lines and of sentences in scripts without spaces are tried; where there are none of these, so is the
 * place between a symbol and a letter. Every seam is proved on the text around it before it is used, so nothing has to be known about the
 * tokenizer. Where there is none, the piece gets longer, up to what a tokenizer can take in at once.
 */
import { PoolingError } from '../errors.ts';

/** Long enough that seams cost nothing, short enough that a cancel is heard at once and that the tokenizer's own arrays stay small. */
const SEGMENT_CHARS = 4_096;
/** Text on either side that a seam is proved on. No tokenizer we know looks further across a space or the end of a sentence. */
const CONTEXT_CHARS = 48;
/** Failures in a row after which a tokenizer is taken for one that has no seams of a kind. */
const MAX_FAILURES = 256;
/** A second's work for BPE. From about 120,000 tokens on, the package's Unigram overflows the stack. */
const MAX_PIECE_CHARS = 102_400;

const WORDS = /[\p{L}\p{M}\p{N}] (?=[\p{L}\p{N}])|[\n。．！？](?=[\p{L}\p{N}])/gu;
/** Tables of numbers, JSON without spaces, base64, and the like. */
const SYMBOLS = /[\p{P}\p{S}] ?(?=[\p{L}\p{N}])/gu;
/** The most that a candidate and what it looks ahead at are long. */
const CANDIDATE_CHARS = 5;

/**
 * `texts`: the text, in one string or in parts that were cut anywhere (but not inside a character). Empty pieces come too: a place to hear a
 * cancel while nothing is ready. `separators`: characters that this tokenizer never joins with the next one, more places to try; what is between
 * them is taken in at any length.
 */
export function* segments(
  texts: Iterable<string>,
  encode: (text: string) => readonly number[],
  separators: RegExp | null = null,
): Generator<string> {
  const words = separators ? new RegExp(`${WORDS.source}|${separators.source}`, 'gu') : WORDS;
  const [findSeam, findOther] = [seamFinder(encode, words), seamFinder(encode, SYMBOLS)];
  let rest = '';
  let from = SEGMENT_CHARS;
  for (const text of texts) {
    rest += text;
    // The context on the right has to be there, or the proof is none.
    for (let seam; from + SEGMENT_CHARS < rest.length;) {
      const until = from + SEGMENT_CHARS - CONTEXT_CHARS;
      seam = findSeam(rest, from, until) ?? findOther(rest, from, until);
      if (seam) yield rest.slice(0, seam.end);
      if (seam) rest = rest.slice(seam.next);
      from = seam ? SEGMENT_CHARS : until;
      if (from > MAX_PIECE_CHARS && !separators) throw tooLong();
    }
    if (text === '') yield '';
  }
  yield rest;
}

/** Where the left piece ends and the right one begins, the same place or one space apart: the first seam from `from` on, before `until`. */
function seamFinder(encode: (text: string) => readonly number[], candidates: RegExp) {
  let failures = 0;
  return (text: string, from: number, until: number): { end: number; next: number } | null => {
    const candidate = new RegExp(candidates);
    candidate.lastIndex = from;
    // Only as far as it matters: a search to the end of a book at every step takes the square of its length.
    const searched = text.slice(0, until + CANDIDATE_CHARS);
    while (failures < MAX_FAILURES) {
      const match = candidate.exec(searched);
      if (!match || match.index >= until) return null;
      const after = match.index + match[0].length;
      const space = match[0].endsWith(' ') ? 1 : 0;
      const end = after - space;
      const left = text.slice(Math.max(0, end - CONTEXT_CHARS), end);
      const right = text.slice(end, end + CONTEXT_CHARS);
      const whole = encode(left + right);
      const leftIds = encode(left);
      for (let skip = 0; skip <= space; skip++) {
        if (!equal(whole, [...leftIds, ...encode(right.slice(skip))])) continue;
        failures = 0;
        return { end, next: end + skip };
      }
      failures++;
    }
    return null;
  };
}

function tooLong(): PoolingError {
  return new PoolingError(
    'invalid-input',
    `The text has more than ${MAX_PIECE_CHARS} characters in a row without a place where it could be divided for this model's tokenizer, which cannot take that much at once. Put spaces into it, or embed its parts.`,
  );
}

function equal(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((id, i) => id === b[i]);
}
