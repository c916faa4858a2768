/** Text in, its words out, cut and lowered as MiniSearch does it, so that both searches mean the same by "word". */
const cut = /[\n\r\p{Z}\p{P}]+/u;

const empty = new Set(
  (
    'a an and are as at be been but by can could did do does for from had has have how i if in into is it its me my no not of on or ' +
    'our so some that the their them then there these they this to too us was we were what when where which who why will with would you your'
  ).split(' '),
);

/** Null for words that say nothing about the matter. */
export function normalizeWord(word: string): string | null {
  const lower = word.toLowerCase();
  return lower === '' || empty.has(lower) ? null : lower;
}

export function wordsOf(text: string): Set<string> {
  const words = new Set<string>();
  for (const piece of text.split(cut)) {
    const word = normalizeWord(piece);
    if (word) words.add(word);
  }
  return words;
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

/** Pieces of `text`, words and what lies between them in turn; for marking words without touching the rest. */
export const piecesOf = (text: string): string[] => text.split(/([\n\r\p{Z}\p{P}]+)/u);
