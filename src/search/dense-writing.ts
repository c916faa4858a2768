/**
 * Writing without spaces between words -> parts that can be looked for. Ideographs and kana become pairs of neighbours, as in Lucene's
 * CJKAnalyzer: no dictionary, linear time, and what stands inside a longer word is found. Letters of Thai, Lao, Khmer and Burmese say too
 * little in pairs: Intl.Segmenter parts their words.
 */

const IDEOGRAPHS = '\\p{Script_Extensions=Han}\\p{Script_Extensions=Hiragana}\\p{Script_Extensions=Katakana}';
const LETTERS = '\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}';
const DENSE = new RegExp(`[${IDEOGRAPHS}${LETTERS}]`, 'u');
const IS_IDEOGRAPH = new RegExp(`[${IDEOGRAPHS}]`, 'u');
const RUNS = new RegExp(`[${IDEOGRAPHS}]+|[${LETTERS}]+|[^${IDEOGRAPHS}${LETTERS}]+`, 'gu');
const BEGUN = new RegExp(`[${IDEOGRAPHS}\\p{Script=Hangul}]`, 'u');

/** Of a text, which ends with its last ideograph too, so that each begins a part; or of a query, in which that would only find more. */
export type PartsOf = 'text' | 'query';

/**
 * A word, which nothing but spaces and punctuation ended -> itself, or the parts of it that are dense and those that are not: C++入門 begins
 * with C++.
 */
export function denseParts(word: string, of: PartsOf): string[] {
  if (!DENSE.test(word)) return [word];
  return (word.match(RUNS) ?? []).flatMap((run) => {
    if (!DENSE.test(run)) return [run];
    return IS_IDEOGRAPH.test(run) ? pairs(run, of) : segments(run);
  });
}

/** Whether a word of one or two letters says enough to be taken for the beginning of another: 東 of 東京, 서울 of 서울에서. */
export const saysMuch = (word: string): boolean => BEGUN.test(word);

function pairs(run: string, of: PartsOf): string[] {
  const letters = [...run];
  const all = letters.slice(1).map((letter, i) => letters[i]! + letter);
  if (of === 'text' || letters.length === 1) all.push(letters.at(-1)!);
  return all;
}

/** By pieces: the time that a segmenter takes may grow with the square of its text. Without one each letter is a word. */
function segments(run: string): string[] {
  if (typeof Intl.Segmenter !== 'function') return [...run];
  const segmenter = new Intl.Segmenter(undefined, { granularity: 'word' });
  const parts = (run.match(/.{1,500}/gsu) ?? []).flatMap((piece) => [...segmenter.segment(piece)]);
  return parts.filter(({ isWordLike }) => isWordLike).map(({ segment }) => segment);
}
