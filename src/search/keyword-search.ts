/** Documents -> those that have the words of a query. For a page that searches before its model is there. */
import { asDocument, GIVEN } from './document.ts';
import { KeywordIndex } from './keyword-index.ts';
import { pacer } from './pacer.ts';
import type { KeywordSearchHit, SearchDocument } from './search-types.ts';

/** Search by words alone, in memory, without a model: the hits and scores of an index of the same documents with mode `keyword`. */
export class KeywordSearch {
  readonly #words = new KeywordIndex();
  readonly #keys = new Map<string, number>();
  readonly #ids: string[] = [];

  /** One with the id of another takes its place. Throws `invalid-input` for what is no document: those before it are in then. */
  async add(documents: readonly SearchDocument[]): Promise<void> {
    const pace = pacer();
    for (const given of documents) {
      const { id, title = '', text } = asDocument(given, GIVEN);
      this.remove([id]);
      const key = this.#ids.push(id) - 1;
      this.#keys.set(id, key);
      this.#words.add({ key, title, text });
      await pace();
    }
  }

  /** How many of them there were. */
  remove(ids: readonly string[]): number {
    const gone = ids.filter((id) => {
      const key = this.#keys.get(id);
      if (key !== undefined) this.#words.remove(key);
      return this.#keys.delete(id);
    });
    return gone.length;
  }

  /** All that have one of the words, or one like it; the best first. */
  search(query: string): KeywordSearchHit[] {
    return this.#words.search(query, null).map(({ key, score, words }) => ({ id: this.#ids[key]!, score, words: [...words.keys()] }));
  }
}
