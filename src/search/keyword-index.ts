/** Documents -> ranks by words (BM25). The only door to MiniSearch. */
import MiniSearch from 'minisearch';

interface Entry {
  key: number;
  title: string;
  text: string;
}

export class KeywordIndex {
  readonly #mini = new MiniSearch<Entry>({ idField: 'key', fields: ['title', 'text'], searchOptions: { boost: { title: 2 } } });

  add(entry: Entry): void {
    this.#mini.add(entry);
  }

  /** Its words are cleared away later, many at a time. */
  remove(key: number): void {
    this.#mini.discard(key);
  }

  /** Best first. Words may be a letter off, or go on: what is typed is often not finished. Those count a tenth, so that the words themselves decide. */
  search(query: string, keep: ((key: number) => boolean) | null): { key: number; score: number }[] {
    const options = {
      prefix: (term: string) => term.length > 2,
      fuzzy: (term: string) => (term.length > 4 ? 0.2 : false),
      weights: { prefix: 0.1, fuzzy: 0.1 },
    };
    const found = this.#mini.search(query, { ...options, ...(keep && { filter: ({ id }) => keep(id as number) }) });
    return found.map(({ id, score }) => ({ key: id as number, score }));
  }
}
