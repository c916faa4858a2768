/** Files in; their texts, cut into parts, with an index of their words, out. Kept between visits, and the same in all tabs. */
import { KeywordIndex } from '../corpus/keyword-index.ts';
import { messageOf } from '../ui/error-words.ts';
import { createStore } from '../ui/store.ts';
import { readFileText } from './file-text.ts';
import { openFileStore } from './file-store.ts';
import type { FileStore, StoredFile } from './file-store.ts';
import { partsOf } from './parts.ts';
import type { Range } from './parts.ts';
import { Refused } from './refusal.ts';
import type { Refusal } from './refusal.ts';

export interface LibraryFile extends StoredFile {
  parts: readonly Part[];
}

/** What is indexed, and found. */
export interface Part extends Range {
  id: string;
  /** From 0. */
  number: number;
}

export interface Reading {
  name: string;
  /** Of the files that were dropped together, from 1. */
  file: number;
  files: number;
  /** Of a PDF, from 1. */
  page: number;
  pages: number;
}

export interface LibraryState {
  loaded: boolean;
  files: readonly LibraryFile[];
  reading: Reading | null;
  /** Of the last drop. */
  refused: readonly Refusal[];
  /** Of the last drop: those that took the place of older ones. */
  replaced: readonly string[];
  /** Whether files outlive the page. */
  kept: boolean;
  /** Why not all can be found by words: their code did not arrive. */
  wordsError: unknown;
}

const noRoom = 'was not kept: there is no more room in the browser’s storage for this site.';

export class Library {
  readonly state = createStore<LibraryState>({
    loaded: false,
    files: [],
    reading: null,
    refused: [],
    replaced: [],
    kept: true,
    wordsError: null,
  });
  readonly words = new KeywordIndex();
  readonly #places = new Map<string, { file: LibraryFile; part: Part }>();
  readonly #tabs = new BroadcastChannel('rockpool-demo-files');
  /** One step after the other: the words of a part are in before they are taken out. */
  #wordSteps: Promise<void> = Promise.resolve();
  /** The same for the list of files, which is first read as it was stored. */
  #changes: Promise<void> = Promise.resolve();
  #drops: Promise<void> = Promise.resolve();
  /** Files that are still being read when all are forgotten are not taken. */
  #forgotten = 0;
  #store: Promise<FileStore> | null = null;

  constructor() {
    this.#tabs.onmessage = () => this.#store && void this.#change(() => this.#read());
  }

  /** What earlier visits left. */
  load(): void {
    if (!this.#store) void this.#change(() => this.#read());
    void this.#open();
  }

  place(part: string): { file: LibraryFile; part: Part } | undefined {
    return this.#places.get(part);
  }

  /** Those that cannot be taken are in `refused`; the others are taken all the same. */
  take(files: readonly File[]): Promise<void> {
    this.load();
    return (this.#drops = this.#drops.then(() => this.#take(files)));
  }

  remove(id: string): Promise<void> {
    return this.#change(async (store) => {
      const file = this.state.get().files.find((one) => one.id === id);
      if (!file) return;
      await store.change(null, [{ id, parts: file.parts.length }]);
      this.#set({ files: this.#without([file]) });
      this.#tell();
    });
  }

  /** All of them. */
  forget(): Promise<void> {
    this.#forgotten++;
    return this.#change(async (store) => {
      await store.clear();
      this.#places.clear();
      this.#words(async () => this.words.clear());
      this.#set({ files: [], refused: [], replaced: [] });
      this.#tell();
    });
  }

  dismissRefused(): void {
    this.#set({ refused: [] });
  }

  /** Of all files anew, when they could not be indexed. */
  readWords(): void {
    this.#set({ wordsError: null });
    this.#words(async () => this.words.clear());
    for (const file of this.state.get().files) this.#words(() => this.words.add(textsOf(file)));
  }

  /** Ids of parts that may be in the index and belong to no file any more. */
  async removedParts(): Promise<{ file: string; parts: string[] }[]> {
    const removed = await (await this.#open()).removed();
    return removed.map(({ id, parts }) => ({ file: id, parts: Array.from({ length: parts }, (_, number) => partId(id, number)) }));
  }

  async settle(files: readonly string[]): Promise<void> {
    await (await this.#open()).settle(files);
  }

  async #take(files: readonly File[]): Promise<void> {
    this.#set({ refused: [], replaced: [] });
    const forgotten = this.#forgotten;
    for (const [i, file] of files.entries()) {
      if (forgotten !== this.#forgotten) break;
      const reading = { name: file.name, file: i + 1, files: files.length, page: 0, pages: 0 };
      this.#set({ reading });
      try {
        const read = await readFileText(file, (page, pages) => this.#set({ reading: { ...reading, page, pages } }));
        const stored = { id: crypto.randomUUID(), name: file.name, added: Date.now(), ...read };
        await this.#change(async (store) => {
          if (forgotten === this.#forgotten) await this.#put(store, stored);
        });
      } catch (error) {
        this.#set({ refused: [...this.state.get().refused, { name: file.name, why: whyNot(error) }] });
      }
    }
    this.#set({ reading: null });
  }

  /** One of the same name goes; the same file once more changes nothing. */
  async #put(store: FileStore, stored: StoredFile): Promise<void> {
    const old = this.state.get().files.filter(({ name }) => name === stored.name);
    if (old.some(({ text }) => text === stored.text)) return;
    await store.change(
      stored,
      old.map(({ id, parts }) => ({ id, parts: parts.length })),
    );
    const kept = this.#without(old);
    const replaced = [...this.state.get().replaced, ...old.map(({ name }) => name)];
    this.#set({ files: [...kept, this.#entered(stored)], replaced });
    this.#tell();
  }

  /** As they are stored now: at the beginning, and when another tab has changed them. */
  async #read(): Promise<void> {
    const store = await this.#open();
    const stored = await store.all();
    const known = new Map(this.state.get().files.map((file) => [file.id, file]));
    const ids = new Set(stored.map(({ id }) => id));
    this.#without(this.state.get().files.filter(({ id }) => !ids.has(id)));
    const files = stored.map((file) => known.get(file.id) ?? this.#entered(file));
    await this.#wordSteps;
    this.#set({ loaded: true, kept: store.kept, files });
  }

  #entered(stored: StoredFile): LibraryFile {
    const parts = partsOf(stored.text).map((range, number) => ({ ...range, number, id: partId(stored.id, number) }));
    const file = { ...stored, parts };
    for (const part of parts) this.#places.set(part.id, { file, part });
    this.#words(() => this.words.add(textsOf(file)));
    return file;
  }

  /** The files that are left. */
  #without(gone: readonly LibraryFile[]): LibraryFile[] {
    for (const { parts } of gone) {
      for (const { id } of parts) this.#places.delete(id);
      this.#words(() => this.words.remove(parts.map(({ id }) => id)));
    }
    return this.state.get().files.filter((file) => !gone.includes(file));
  }

  /** Whoever listens searches again when the words are in. */
  #words(step: () => Promise<void>): void {
    this.#wordSteps = this.#wordSteps.then(step).then(
      () => this.#set({}),
      (wordsError: unknown) => this.#set({ wordsError }),
    );
  }

  #change(step: (store: FileStore) => Promise<void>): Promise<void> {
    const change = this.#changes.then(async () => step(await this.#open()));
    this.#changes = change.catch(() => {});
    return change;
  }

  #open(): Promise<FileStore> {
    return (this.#store ??= openFileStore());
  }

  #set(change: Partial<LibraryState>): void {
    this.state.set({ ...this.state.get(), ...change });
  }

  #tell(): void {
    this.#tabs.postMessage('changed');
  }
}

const textsOf = ({ title, text, parts }: LibraryFile) => parts.map(({ id, start, end }) => ({ id, title, text: text.slice(start, end) }));

const partId = (file: string, number: number) => `${file}:${number}`;

function whyNot(error: unknown): string {
  if (error instanceof Refused) return error.message;
  return error instanceof DOMException && error.name === 'QuotaExceededError' ? noRoom : `could not be read (${messageOf(error)}).`;
}
