/** Documents -> ranks by words (BM25). The only door to MiniSearch. */
import MiniSearch, { type SearchResult } from 'minisearch';
import { bestFirst } from './best-first.ts';
import { denseParts, saysMuch, type PartsOf } from './dense-writing.ts';
import { asTerm } from './term.ts';

export interface WordsEntry {
  id: string;
  title: string;
  text: string;
}

export interface KeywordHit {
  id: string;
  score: number;
  /** The document's words that fit those of the query, as `asTerm` has them, and what each counts. */
  words: ReadonlyMap<string, number>;
}

/** Words may be a letter off, or go on: what is typed is often not finished. Those count a tenth, so that the words themselves decide. */
const NEARLY = 0.1;

/** Of a query: a page that is pasted would be looked for for minutes, and each word takes memory for every document that has it. */
const MOST_CHARACTERS = 10_000;
/** Different ones. */
const MOST_WORDS = 64;
/** The first so many may be a letter off, or go on: each then goes over all words of the index that are alike. */
const MOST_NEARLY = 24;
/** Of a word that may be a letter off: MiniSearch takes memory for the square of them. */
const MOST_LETTERS = 64;

export class KeywordIndex {
  /** Of terms that are written in other ways too: those. */
  readonly #spellings = new Map<string, Set<string>>();
  readonly #mini = new MiniSearch<WordsEntry>({
    fields: ['title', 'text'],
    tokenize: (text) => wordsIn(text),
    processTerm: (word) => this.#termOf(word),
    searchOptions: { boost: { title: 2 }, weights: { prefix: NEARLY, fuzzy: NEARLY } },
  });

  add(entry: WordsEntry): void {
    this.#mini.add(entry);
  }

  /** As it was added. Takes longer than adding did; MiniSearch's `discard` takes no time, and counts what is gone until much later. */
  remove(entry: WordsEntry): void {
    this.#mini.remove(entry);
  }

  /** Best first, equals by their ids; `most` of them. */
  search(query: string, keep: ((id: string) => boolean) | null, most = Infinity): KeywordHit[] {
    const words = termsOf(query);
    const found = this.#mini.search(query, {
      tokenize: () => [...words.keys()],
      processTerm: (term) => term,
      boostTerm: (term) => words.get(term)!,
      prefix: (term, i) => i < MOST_NEARLY && (term.length > 2 || saysMuch(term)),
      fuzzy: (term, i) => (i < MOST_NEARLY && term.length > 4 && term.length <= MOST_LETTERS ? 0.2 : false),
      ...(keep && { filter: ({ id }) => keep(id as string) }),
    }) as (SearchResult & { id: string })[];
    return found
      .sort(bestFirst)
      .slice(0, most)
      .map(({ id, score, terms, queryTerms }) => {
        return { id, score, words: new Map(terms.map((word) => [word, queryTerms.includes(word) ? 1 : NEARLY])) };
      });
  }

  /** As the texts have it, with accents or without. */
  spellings(term: string): string[] {
    return [term, ...(this.#spellings.get(term) ?? [])];
  }

  #termOf(word: string): string {
    const term = asTerm(word);
    const lower = word.toLowerCase();
    if (term !== lower) this.#spellings.set(term, (this.#spellings.get(term) ?? new Set()).add(lower));
    return term;
  }
}

/** The different words of a query, at most so many, and how often each comes. */
function termsOf(query: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of wordsIn(query.slice(0, MOST_CHARACTERS), 'query')) {
    const term = asTerm(word);
    const count = counts.get(term) ?? 0;
    if (term !== '' && (count > 0 || counts.size < MOST_WORDS)) counts.set(term, count + 1);
  }
  return counts;
}

const split = MiniSearch.getDefault('tokenize') as (text: string) => string[];

/** A text -> its words, as MiniSearch splits them, and the parts of those without spaces between words. */
export function wordsIn(text: string, of: PartsOf = 'text'): string[] {
  return split(composed(text)).flatMap((word) => denseParts(word, of));
}

/** An é is one however it was typed, and the wide and the narrow forms of a letter are one, too. */
export function composed(text: string): string {
  return text.normalize('NFC').replaceAll(/[\uff00-\uffef]+/g, (wide) => wide.normalize('NFKC'));
}

/** The first of the texts that have the most of these words in them. */
export function placeOfWords(texts: readonly string[], words: KeywordHit['words']): number {
  let [place, most] = [0, 0];
  texts.forEach((text, i) => {
    const letters = asTerm(composed(text));
    const seen = [...words].filter(([word]) => letters.includes(word));
    // To split a text takes far longer than to look into it: only if it may have more than the best before.
    if (weightOf(seen) <= most) return;
    const own = new Set(wordsIn(text).map(asTerm));
    const weight = weightOf(seen.filter(([word]) => own.has(word)));
    if (weight > most) [place, most] = [i, weight];
  });
  return place;
}

const weightOf = (words: readonly (readonly [word: string, weight: number])[]) => words.reduce((sum, [, weight]) => sum + weight, 0);
