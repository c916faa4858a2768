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
  readonly #mini = new MiniSearch<Entry>({ idField: 'key', fields: ['title', 'text'], searchOptions: { boost: { title: 2 } } });

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
      prefix: (term: string) => term.length > 2,
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

const tokenize = MiniSearch.getDefault('tokenize') as (text: string) => string[];
const processTerm = MiniSearch.getDefault('processTerm') as (word: string) => string;

/** The first of the texts that have the most of these words in them. */
export function placeOfWords(texts: readonly string[], words: KeywordHit['words']): number {
  const counts = texts.map((text) => {
    const own = new Set(tokenize(text).map((word) => processTerm(word)));
    return [...words].reduce((sum, [word, weight]) => sum + (own.has(word) ? weight : 0), 0);
  });
  return counts.indexOf(Math.max(...counts));
}
