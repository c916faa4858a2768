/** What is in an index, in memory: documents, the vectors of their passages, their words. */
import { KeywordIndex, type WordsEntry } from './keyword-index.ts';
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
  constructor(size: number, { precision = 'float32', coarse, keywords = true, ...choice }: IndexOptions) {
    this.table = new PassageTable(size, precision, coarse, choice);
    this.keywords = keywords ? new KeywordIndex() : null;
  }

  /** With device `webgpu` resolves when there is one, and throws `webgpu-unavailable`. */
  ready(): Promise<void> {
    return this.table.scan.ready();
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

  /** Undefined: it has gone since. */
  ofKey(key: number): Entry | undefined {
    return this.#byKey.get(key);
  }

  /** Takes the place of one with its id. Throws `runtime-failed` if there is no memory for it, and changes nothing then. */
  put({ document, passages, rows }: ComputedDocument): void {
    this.table.reserve(rows.length);
    this.remove(document.id);
    const entry: Entry = { document, passages, key: this.#nextKey++ };
    this.#byId.set(document.id, entry);
    this.#byKey.set(entry.key, entry);
    this.table.add(entry.key, rows);
    this.keywords?.add(wordsOf(entry));
  }

  /** Gives back the GPU's device and memory. */
  dispose(): void {
    this.table.scan.dispose();
  }

  /** Whether it was in. */
  remove(id: string): boolean {
    const entry = this.#byId.get(id);
    if (!entry) return false;
    this.#byId.delete(id);
    this.#byKey.delete(entry.key);
    this.table.remove(entry.key);
    this.keywords?.remove(wordsOf(entry));
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

function wordsOf({ document: { id, title = '', text } }: Entry): WordsEntry {
  return { id, title, text };
}
