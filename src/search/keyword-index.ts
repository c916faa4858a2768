/** Documents -> ranks by words (BM25). The only door to MiniSearch. */
import MiniSearch from 'minisearch';
import { denseParts, saysMuch, type PartsOf } from './dense-writing.ts';

export interface KeywordEntry {
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

/**
 * Of a query. A longer one was not typed: each of its words counts once, and of so many only what is the word itself, since to look for what is nearly
 * one takes far longer.
 */
const MOST_WORDS = 64;

/** Of a word that may be nearly another: what is longer is a hash or a URL, and hundreds of letters may be off in it. */
const MOST_NEARLY = 64;

/** In which they are looked for. */
const MOST_LETTERS = 20_000;

export class KeywordIndex {
  readonly #mini = new MiniSearch<KeywordEntry>({
    idField: 'key',
    fields: ['title', 'text'],
    tokenize: (text) => wordsIn(text),
    processTerm: plainWord,
    searchOptions: { boost: { title: 2 }, tokenize: queryWords },
  });

  add(entry: KeywordEntry): void {
    this.#mini.add(entry);
  }

  /** As it was added. Not `discard`, which counts its words on until they are cleared away, so that a word can be in more documents than there are. */
  remove(entry: KeywordEntry): void {
    this.#mini.remove(entry);
  }

  /** Best first. */
  search(query: string, keep: ((key: number) => boolean) | null): KeywordHit[] {
    const options = {
      prefix: (term: string, _: number, { length }: string[]) => length < MOST_WORDS && (term.length > 2 || saysMuch(term)),
      fuzzy: (term: string, _: number, { length }: string[]) =>
        length < MOST_WORDS && term.length > 4 && term.length <= MOST_NEARLY ? 0.2 : false,
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

/** Letters that are no accented ones to Unicode, and are so to whoever has not got them on the keyboard. */
const PLAIN: Readonly<Record<string, string>> = { ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', ł: 'l', đ: 'd', ı: 'i' };

/** As words are compared: in small letters without accents, so that "cafe" finds "Café" and the other way round. Of a text, too. */
function plainWord(word: string): string {
  const small = word.toLowerCase();
  if (!/[^\0-\x7f]/.test(small)) return small;
  return small
    .replaceAll(/[ßæœøłđı]/g, (letter) => PLAIN[letter]!)
    .normalize('NFD')
    .replaceAll(/[\u0300-\u036f]/g, '')
    .normalize('NFC');
}

/** As they come; of a long query each once, and not all of them. */
function queryWords(query: string): string[] {
  const words = wordsIn(query.slice(0, MOST_LETTERS), 'query');
  return words.length < MOST_WORDS ? words : [...new Set(words.map(plainWord))].slice(0, MOST_WORDS);
}

/** A text -> its words, as MiniSearch splits them, and the parts of those without spaces between words. */
export function wordsIn(text: string, of: PartsOf = 'text'): string[] {
  return split(composed(text)).flatMap((word) => denseParts(word, of));
}

/** An é is one however it was typed, and the wide and the narrow forms of a letter are one, too. */
function composed(text: string): string {
  return text.normalize('NFC').replaceAll(/[\uff00-\uffef]+/g, (wide) => wide.normalize('NFKC'));
}

/** The first of the texts that have the most of these words in them. */
export function placeOfWords(texts: readonly string[], words: KeywordHit['words']): number {
  let [place, most] = [0, 0];
  texts.forEach((text, i) => {
    const letters = plainWord(composed(text));
    const seen = [...words].filter(([word]) => letters.includes(word));
    // To split a text takes far longer than to look into it: only if it may have more than the best before.
    if (weightOf(seen) <= most) return;
    const own = new Set(wordsIn(text).map((word) => plainWord(word)));
    const weight = weightOf(seen.filter(([word]) => own.has(word)));
    if (weight > most) [place, most] = [i, weight];
  });
  return place;
}

const weightOf = (words: readonly (readonly [word: string, weight: number])[]) => words.reduce((sum, [, weight]) => sum + weight, 0);
