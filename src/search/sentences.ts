/** A text -> its sentences as ranges that cover it, cut where a reader would: at line ends and at the ends of sentences, by Intl.Segmenter. */

export interface Range {
  start: number;
  end: number;
}

/** Engines without Intl.Segmenter (Firefox before 125) cut at line ends and after full stops. */
export function sentences(text: string, locale?: string): Range[] {
  const ranges: Range[] = [];
  for (const line of text.matchAll(/[^\n]*(?:\n+|$)/g)) {
    if (line[0] === '') continue;
    for (const length of lengthsIn(line[0], locale))
      ranges.push({ start: ranges.at(-1)?.end ?? 0, end: (ranges.at(-1)?.end ?? 0) + length });
  }
  return ranges;
}

function lengthsIn(line: string, locale: string | undefined): number[] {
  if (typeof Intl.Segmenter !== 'function') return Array.from(line.matchAll(/.+?(?:[.!?。！？]+\s+|$)|\s+$/gs), ([part]) => part.length);
  return Array.from(sentenceSegmenter(locale).segment(line), ({ segment }) => segment.length);
}

/** Making one takes longer than what it does to a line, so that the last is kept. */
let made: { locale: string | undefined; segmenter: Intl.Segmenter } | null = null;

function sentenceSegmenter(locale: string | undefined): Intl.Segmenter {
  if (made?.locale !== locale || !made) made = { locale, segmenter: new Intl.Segmenter(locale, { granularity: 'sentence' }) };
  return made.segmenter;
}

/** A range in two, as near the middle as a word ends, or else a character. Null: it cannot be cut. */
export function halves(text: string, { start, end }: Range): [Range, Range] | null {
  const part = text.slice(start, end);
  const middle = part.length / 2;
  const cuts = [...part.matchAll(/\s+/g)].map(({ index, 0: space }) => index + space.length).filter((cut) => cut < part.length);
  const graphemes = cuts.length > 0 ? cuts : graphemeCuts(part);
  const nearest = graphemes.reduce((best, cut) => (Math.abs(cut - middle) < Math.abs(best - middle) ? cut : best), Infinity);
  if (nearest === Infinity) return null;
  return [
    { start, end: start + nearest },
    { start: start + nearest, end },
  ];
}

/** Never inside a character as people count them: an emoji of several code points stays whole. */
function graphemeCuts(part: string): number[] {
  if (typeof Intl.Segmenter !== 'function') return Array.from(part.matchAll(/(?<=.)(?=.)/gsu), ({ index }) => index);
  return Array.from(new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(part), ({ index }) => index).filter(
    (index) => index > 0,
  );
}
