/** Documents -> ranks by words (BM25). The only door to MiniSearch. */
import MiniSearch from 'minisearch';

interface Entry {
  key: number;
  title: string;
  text: string;
}

export interface KeywordHit {
  key: number;
  score: number;
  /** The document's words that fit those of the query, and what each counts. */
  words: ReadonlyMap<string, number>;
}

/** Words may be a letter off, or go on: what is typed is often not finished. Those count a tenth, so that the words themselves decide. */
const NEARLY = 0.1;

export class KeywordIndex {
  readonly #mini = new MiniSearch<Entry>({
    idField: 'key',
    fields: ['title', 'text'],
    tokenize: wordsIn,
    searchOptions: { boost: { title: 2 } },
  });

  add(entry: Entry): void {
    this.#mini.add(entry);
  }

  /** Its words are cleared away later, many at a time. */
  remove(key: number): void {
    this.#mini.discard(key);
  }

  /** Best first. */
  search(query: string, keep: ((key: number) => boolean) | null): KeywordHit[] {
    const options = {
      // A letter of these says more: 東 is the beginning of 東京, and 서울 of 서울에서.
      prefix: (term: string) => term.length > 2 || DENSE.test(term),
      fuzzy: (term: string) => (term.length > 4 ? 0.2 : false),
      weights: { prefix: NEARLY, fuzzy: NEARLY },
    };
    const found = this.#mini.search(query, { ...options, ...(keep && { filter: ({ id }) => keep(id as number) }) });
    return found.map(({ id, score, terms, queryTerms }) => {
      const words = new Map(terms.map((word) => [word, queryTerms.includes(word) ? 1 : NEARLY]));
      return { key: id as number, score, words };
    });
  }
}

const split = MiniSearch.getDefault('tokenize') as (text: string) => string[];
const processTerm = MiniSearch.getDefault('processTerm') as (word: string) => string;

/** Of writing that has no spaces between words, or endings at them; and what is as wide as these. */
const DENSE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\uff00-\uffef]/u;

/**
 * A text -> its words, as MiniSearch splits them, and those of dense writing as Intl.Segmenter does. Composed, so that an é is one however it was
 * typed; of dense writing the wide and the narrow forms of a letter are one, too.
 */
export function wordsIn(text: string): string[] {
  const words = split(text.normalize('NFC'));
  if (!DENSE.test(text)) return words;
  const segmenter = typeof Intl.Segmenter === 'function' ? new Intl.Segmenter(undefined, { granularity: 'word' }) : null;
  return words.flatMap((word) => (DENSE.test(word) ? denseWords(word.normalize('NFKC'), segmenter) : word));
}

/** By pieces: the time that a segmenter takes may grow with the square of its text. Without one each letter is a word. */
function denseWords(text: string, segmenter: Intl.Segmenter | null): string[] {
  if (!segmenter) return [...text];
  const parts = (text.match(/.{1,500}/gsu) ?? []).flatMap((piece) => [...segmenter.segment(piece)]);
  return parts.filter(({ isWordLike }) => isWordLike).map(({ segment }) => segment);
}

/** The first of the texts that have the most of these words in them. */
export function placeOfWords(texts: readonly string[], words: KeywordHit['words']): number {
  const counts = texts.map((text) => {
    const own = new Set(wordsIn(text).map((word) => processTerm(word)));
    return [...words].reduce((sum, [word, weight]) => sum + (own.has(word) ? weight : 0), 0);
  });
  return counts.indexOf(Math.max(...counts));
}
