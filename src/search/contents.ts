/** What is in an index, in memory: documents, the vectors of their passages, their words. */
import { KeywordIndex } from './keyword-index.ts';
import { PassageTable } from './passage-table.ts';
import type { IndexOptions, SearchDocument } from './search-types.ts';
import type { Range } from './sentences.ts';

/** A document that is computed: its passages, and the packed vector of each. */
export interface ComputedDocument {
  document: SearchDocument;
  passages: Range[];
  rows: Uint8Array<ArrayBuffer>[];
}

export interface Entry extends Omit<ComputedDocument, 'rows'> {
  /** In the tables. One that takes another's place has another. */
  key: number;
}

export class Contents {
  readonly table: PassageTable;
  readonly keywords: KeywordIndex | null;
  readonly #byId = new Map<string, Entry>();
  readonly #byKey = new Map<number, Entry>();
  #nextKey = 0;

  /** `size`: values of a vector. */
  constructor(size: number, { precision = 'float32', coarse, keywords = true }: IndexOptions) {
    this.table = new PassageTable(size, precision, coarse);
    this.keywords = keywords ? new KeywordIndex() : null;
  }

  get count(): number {
    return this.#byId.size;
  }

  /** In the order in which they came. */
  entries(): IterableIterator<Entry> {
    return this.#byId.values();
  }

  get(id: string): Entry | undefined {
    return this.#byId.get(id);
  }

  ofKey(key: number): Entry {
    return this.#byKey.get(key)!;
  }

  /** Takes the place of one with its id. */
  put({ document, passages, rows }: ComputedDocument): void {
    this.remove(document.id);
    const entry: Entry = { document, passages, key: this.#nextKey++ };
    this.#byId.set(document.id, entry);
    this.#byKey.set(entry.key, entry);
    this.table.add(entry.key, rows);
    this.keywords?.add(wordsOf(entry));
  }

  /** Whether it was in. */
  remove(id: string): boolean {
    const entry = this.#byId.get(id);
    if (!entry) return false;
    this.#byId.delete(id);
    this.#byKey.delete(entry.key);
    this.table.remove(entry.key);
    this.keywords?.remove(entry.key);
    return true;
  }
}

/** The texts that are embedded and reranked. */
export function passageTexts({ document: { text, title }, passages }: Pick<Entry, 'document' | 'passages'>): string[] {
  return passages.map(({ start, end }) => titled(title, text.slice(start, end)));
}

export function titled(title: string | undefined, text: string): string {
  return title ? `${title}\n${text}` : text;
}

function wordsOf({ key, document: { title = '', text } }: Entry): { key: number; title: string; text: string } {
  return { key, title, text };
}
