/** Documents -> those that have the words of a query. For a page that searches before its model is there. */
import { PoolingError, shown } from '../errors.ts';
import { asDocument, asList, GIVEN } from './document.ts';
import { composed, KeywordIndex, type WordsEntry } from './keyword-index.ts';
import { pacer } from './pacer.ts';
import type { KeywordSearchHit, SearchDocument } from './search-types.ts';

/** Search by words alone, in memory, without a model: the hits and scores of an index of the same documents with mode `keyword`. */
export class KeywordSearch {
  readonly #words = new KeywordIndex();
  readonly #entries = new Map<string, WordsEntry>();

  /** One with the id of another takes its place. Throws `invalid-input` for what is no document: those before it are in then. */
  async add(documents: readonly SearchDocument[]): Promise<void> {
    const pace = pacer();
    for (const given of asList(documents, 'documents')) {
      const { id, title = '', text } = asDocument(given, GIVEN);
      this.#remove(id);
      const entry = { id, title, text };
      this.#entries.set(id, entry);
      this.#words.add(entry);
      await pace();
    }
  }

  /** How many of them there were. */
  async remove(ids: readonly string[]): Promise<number> {
    const pace = pacer();
    let gone = 0;
    for (const id of asList(ids, 'ids')) {
      if (this.#remove(id)) gone++;
      await pace();
    }
    return gone;
  }

  /** All that have one of the words, or one like it; the best first. Throws `invalid-input` for what is no text. */
  search(query: string): KeywordSearchHit[] {
    if (typeof query !== 'string') throw new PoolingError('invalid-input', `A query is a text, got ${shown(query)}.`);
    return this.#words.search(query, null).map(({ id, score, words }) => ({ id, score, words: this.#asWritten(id, [...words.keys()]) }));
  }

  #remove(id: string): boolean {
    const entry = this.#entries.get(id);
    if (entry) this.#words.remove(entry);
    return this.#entries.delete(id);
  }

  #asWritten(id: string, terms: readonly string[]): string[] {
    const { title, text } = this.#entries.get(id)!;
    let letters: string | undefined;
    return terms.flatMap((term) => {
      const spellings = this.#words.spellings(term);
      if (spellings.length === 1) return spellings;
      letters ??= composed(`${title}\n${text}`).toLowerCase();
      return spellings.filter((word) => letters!.includes(word));
    });
  }
}
