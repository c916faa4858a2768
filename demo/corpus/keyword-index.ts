/**
 * Texts in, hits by words out, as `rockpool/search` finds them: what the Hybrid column joins is what stands beside it. Needs no model. The
 * code of it comes with the first texts, after the page.
 */
import type { KeywordSearch, KeywordSearchHit } from 'rockpool/search';
import { contentWords } from './words.ts';

export interface KeywordText {
  id: string;
  /** Counts double. */
  title: string;
  text: string;
}

export type KeywordHit = KeywordSearchHit;

export class KeywordIndex {
  /** Typed once, it is asked for by all columns. */
  #last: { query: string; hits: KeywordHit[] } | null = null;
  #words: KeywordSearch | null = null;

  async add(texts: readonly KeywordText[]): Promise<void> {
    const { KeywordSearch } = await import('rockpool/search');
    await (this.#words ??= new KeywordSearch()).add(texts);
    this.#last = null;
  }

  async remove(ids: readonly string[]): Promise<void> {
    await this.#words?.remove(ids);
    this.#last = null;
  }

  clear(): void {
    this.#words = null;
    this.#last = null;
  }

  /** Best first. */
  search(query: string): KeywordHit[] {
    if (this.#last?.query !== query) this.#last = { query, hits: this.#words?.search(contentWords(query)) ?? [] };
    return this.#last.hits;
  }
}
