/**
 * Texts in, BM25 hits out (MiniSearch), with the same settings as the words of `rockpool/search`, so that both rank alike. This one tells which words
 * were found, and needs no model. Filled in small slices, so that typing is never held up.
 */
import MiniSearch from 'minisearch';
import { contentWords } from './words.ts';

export interface KeywordText {
  id: string;
  /** Counts double. */
  title: string;
  text: string;
}

export interface KeywordHit {
  id: string;
  score: number;
  /** The words of the text that matched, lowered. */
  words: string[];
}

const settings = {
  boost: { title: 2 },
  prefix: (term: string) => term.length > 2,
  fuzzy: (term: string) => (term.length > 4 ? 0.2 : false),
  weights: { prefix: 0.1, fuzzy: 0.1 },
};

export class KeywordIndex {
  /** Typed once, it is asked for by all columns. */
  #last: { query: string; hits: KeywordHit[] } | null = null;
  readonly #mini = new MiniSearch<KeywordText>({ fields: ['title', 'text'], searchOptions: settings });

  /** None may be in already. */
  async add(texts: readonly KeywordText[]): Promise<void> {
    await this.#mini.addAllAsync(texts, { chunkSize: 8 });
    this.#last = null;
  }

  remove(ids: readonly string[]): void {
    for (const id of ids) if (this.#mini.has(id)) this.#mini.discard(id);
    this.#last = null;
  }

  clear(): void {
    this.#mini.removeAll();
    this.#last = null;
  }

  /** Best first. */
  search(query: string): KeywordHit[] {
    if (this.#last?.query !== query) {
      const hits = this.#mini.search(contentWords(query)).map(({ id, score, terms }) => ({ id: id as string, score, words: terms }));
      this.#last = { query, hits };
    }
    return this.#last.hits;
  }
}
