/** A text -> its sentences as ranges that cover it, cut where a reader would: at line ends and at the ends of sentences, by Intl.Segmenter. */

export interface Range {
  start: number;
  end: number;
}

/** UTF-16 code units that a segmenter gets at a time: V8's takes a time that grows with their square. Few sentences are longer. */
const PIECE = 2048;

/**
 * As they are asked for: a long text takes long. What is longer than a piece is cut behind a word, or else a character. Engines without
 * Intl.Segmenter (Firefox before 125) cut at line ends and after full stops.
 */
export function* sentences(text: string, locale?: string): Generator<Range> {
  for (const { 0: line, 1: words, index } of text.matchAll(/([^\n]*)(?:\n+|$)/g)) {
    if (line === '') continue;
    let last: Range = { start: index, end: index };
    for (const length of lengthsIn(words!, locale)) {
      if (last.end > last.start) yield last;
      last = { start: last.end, end: last.end + length };
    }
    // Line ends belong to what stands before them.
    yield { start: last.start, end: index + line.length };
  }
}

/** Of the sentences of a line. */
function* lengthsIn(line: string, locale: string | undefined): Generator<number> {
  for (let from = 0; from < line.length;) {
    const piece = line.slice(from, from + PIECE);
    const found = segmentLengths(piece, locale);
    // The last may go on behind the piece: it is the first of the next one.
    const whole = from + PIECE >= line.length ? found : found.length > 1 ? found.slice(0, -1) : [lastCut(piece)];
    for (const length of whole) {
      yield length;
      from += length;
    }
  }
}

function segmentLengths(piece: string, locale: string | undefined): number[] {
  if (typeof Intl.Segmenter !== 'function') return Array.from(piece.matchAll(/.+?(?:[.!?。！？]+\s+|$)|\s+$/gs), ([part]) => part.length);
  return Array.from(sentenceSegmenter(locale).segment(piece), ({ segment }) => segment.length);
}

/** Making one takes longer than what it does to a line, so that the last is kept. */
let made: { locale: string | undefined; segmenter: Intl.Segmenter } | null = null;

function sentenceSegmenter(locale: string | undefined): Intl.Segmenter {
  if (made?.locale !== locale || !made) made = { locale, segmenter: new Intl.Segmenter(locale, { granularity: 'sentence' }) };
  return made.segmenter;
}

/** The last place in a text that goes on where it may be cut. */
function lastCut(text: string): number {
  for (let i = text.length; i > 0; i--) if (/\s/.test(text[i - 1]!)) return i;
  const [start] = characterAt(text, text.length - 1);
  // Marks upon marks on one character: only a pair of surrogates is never parted.
  return start > 0 ? start : isLowSurrogate(text, text.length - 1) ? text.length : text.length - 1;
}

/** A range in two, as near the middle as a word ends, or else a character. Null: it cannot be cut. */
export function halves(text: string, { start, end }: Range): [Range, Range] | null {
  const part = text.slice(start, end);
  const middle = part.length / 2;
  const words = Array.from(part.matchAll(/\s+/g), ({ index, 0: space }) => index + space.length);
  const cuts = [words, characterAt(part, Math.floor(middle))]
    .map((some) => some.filter((cut) => cut > 0 && cut < part.length))
    .find((some) => some.length > 0);
  if (!cuts) return null;
  const nearest = cuts.reduce((best, cut) => (Math.abs(cut - middle) < Math.abs(best - middle) ? cut : best));
  return [
    { start, end: start + nearest },
    { start: start + nearest, end },
  ];
}

/** Of the character there, as people count them: an emoji of several code points is one. */
function characterAt(text: string, at: number): [start: number, end: number] {
  if (typeof Intl.Segmenter === 'function') {
    const found = new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text).containing(at);
    return found ? [found.index, found.index + found.segment.length] : [at, at];
  }
  const start = isLowSurrogate(text, at) ? at - 1 : at;
  return [start, start + (isLowSurrogate(text, start + 1) ? 2 : 1)];
}

const isLowSurrogate = (text: string, at: number) => /[\udc00-\udfff]/.test(text[at] ?? '');
