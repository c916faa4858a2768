/** Text in, its words out, cut and lowered as MiniSearch does it, so that both searches mean the same by "word". */
const cut = /[\n\r\p{Z}\p{P}]+/u;

/** Writing without spaces between words: ideographs and kana; Thai, Lao, Khmer and Burmese. */
const dense = /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u;

const empty = new Set(
  (
    'a an and are as at be been but by can could did do does for from had has have how i if in into is it its me my no not of on or ' +
    'our so some that the their them then there these they this to too us was we were what when where which who why will with would you your'
  ).split(' '),
);

/** Null for words that say nothing about the matter. */
function normalizeWord(word: string): string | null {
  const lower = bare(word);
  return lower === '' || empty.has(lower) ? null : lower;
}

/**
 * As `src/search/term.ts`, which the page cannot import: rockpool/search finds words without accents, and these letters as they are typed
 * without them.
 */
const plain = new Map('ß ss,æ ae,œ oe,ø o,ł l,đ d,ı i'.split(',').map((pair) => pair.split(' ') as [letter: string, plain: string]));
const mayHaveMarks = /[\u00df-\u052f\u1e00-\u1fff]/;

function bare(word: string): string {
  const lower = word.toLowerCase();
  if (!mayHaveMarks.test(lower)) return lower;
  const unmarked = lower.normalize('NFD').replaceAll(/[\u0300-\u036f]/g, '');
  return Array.from(unmarked.normalize('NFC'), (letter) => plain.get(letter) ?? letter).join('');
}

export function wordsOf(text: string): Set<string> {
  const words = new Set<string>();
  for (const piece of text.split(cut)) {
    const word = normalizeWord(piece);
    if (word) words.add(word);
    // Where a word ends there is not known, but what is in both texts is.
    if (word && dense.test(word)) for (const pair of pairsOf(word)) words.add(pair);
  }
  return words;
}

function pairsOf(word: string): string[] {
  const letters = [...word];
  return letters.slice(1).map((letter, i) => letters[i]! + letter);
}

/** A query without the words that say nothing about the matter, unless it has no others. */
export function contentWords(query: string): string {
  const telling = query.split(cut).filter((word) => normalizeWord(word) !== null);
  return telling.length > 0 ? telling.join(' ') : query;
}

/** Also true for forms of one word (picture, pictures; compress, compressed): the page must not claim "no words in common" on a letter. */
export function shareWord(a: Iterable<string>, b: ReadonlySet<string>): boolean {
  for (const word of a) {
    if (b.has(word)) return true;
    for (const other of b) if (sameStem(word, other)) return true;
  }
  return false;
}

function sameStem(a: string, b: string): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  return short.length >= 4 && long.length - short.length <= 3 && long.startsWith(short.slice(0, Math.max(4, short.length - 1)));
}

/** Words and what lies between them, in turn. */
const piecesOf = (text: string): string[] => text.split(/([\n\r\p{Z}\p{P}]+)/u);

/** [start, end) of each of the words, which are lowered, in the text: whole ones, and parts of writing without spaces. */
export function placesOf(text: string, words: ReadonlySet<string>): [start: number, end: number][] {
  const places: [number, number][] = [];
  let at = 0;
  for (const piece of words.size === 0 ? [] : piecesOf(text)) {
    const lower = piece.toLowerCase();
    // However its accents were typed.
    if (words.has(lower) || words.has(lower.normalize('NFC'))) places.push([at, at + piece.length]);
    else if (dense.test(piece)) places.push(...partsIn(lower, words).map(([start, end]): [number, number] => [at + start, at + end]));
    at += piece.length;
  }
  return places;
}

/** Those that overlap or touch are one. */
function partsIn(piece: string, words: ReadonlySet<string>): [start: number, end: number][] {
  const marked = new Uint8Array(piece.length);
  for (const word of words)
    for (let at = piece.indexOf(word); at >= 0; at = piece.indexOf(word, at + 1)) marked.fill(1, at, at + word.length);
  const parts: [number, number][] = [];
  for (let start = marked.indexOf(1); start >= 0; start = marked.indexOf(1, parts.at(-1)![1])) {
    const end = marked.indexOf(0, start);
    parts.push([start, end < 0 ? piece.length : end]);
  }
  return parts;
}
