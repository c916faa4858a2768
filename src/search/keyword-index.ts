/** Documents -> ranks by words (BM25). The only door to MiniSearch. */
import MiniSearch from 'minisearch';
import { denseParts, saysMuch, type PartsOf } from './dense-writing.ts';

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
    tokenize: (text) => wordsIn(text),
    searchOptions: { boost: { title: 2 }, tokenize: (query) => wordsIn(query, 'query') },
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
      prefix: (term: string) => term.length > 2 || saysMuch(term),
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
    const letters = processTerm(composed(text));
    const seen = [...words].filter(([word]) => letters.includes(word));
    // To split a text takes far longer than to look into it: only if it may have more than the best before.
    if (weightOf(seen) <= most) return;
    const own = new Set(wordsIn(text).map((word) => processTerm(word)));
    const weight = weightOf(seen.filter(([word]) => own.has(word)));
    if (weight > most) [place, most] = [i, weight];
  });
  return place;
}

const weightOf = (words: readonly (readonly [word: string, weight: number])[]) => words.reduce((sum, [, weight]) => sum + weight, 0);
