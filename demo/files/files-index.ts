/**
 * The parts of the library's files and a model in, an index of `rockpool/search` out, kept under a name between visits. Goes on where it was stopped;
 * what has left the library leaves the index.
 */
import type { LLM } from 'rockpool';
import type { Hit, SearchIndex } from 'rockpool/search';
import { createSpeedometer } from '../corpus/speedometer.ts';
import type { ModelHost } from '../model/model-host.ts';
import { codeOf } from '../ui/error-words.ts';
import { createStore } from '../ui/store.ts';
import type { Library, LibraryFile, Part } from './library.ts';

export interface FilesIndexState {
  /** `waiting`: for the model, or for files. */
  kind: 'waiting' | 'opening' | 'running' | 'paused' | 'done' | 'failed';
  /** Parts that are in, and in all. */
  done: number;
  total: number;
  perSecond: number;
  passages: number;
  vectorBytes: number;
  /** Whether it outlives the page. */
  kept: boolean;
  error: unknown;
}

const name = 'demo-files';

/**
 * Short: a hit should be a few sentences that one can take in, and not a page. In numbers of 8 bits they find what those of 32 do
 * (docs/quality.md).
 */
const options = { name, passageTokens: 64, precision: 'int8' } as const;

/** Parts a call: two at first, then about half a second's worth, so that a pause takes effect soon. */
const slice = { first: 2, least: 1, most: 32, ms: 500 };

export class FilesIndex {
  readonly state = createStore<FilesIndexState>({
    kind: 'waiting',
    done: 0,
    total: 0,
    perSecond: 0,
    passages: 0,
    vectorBytes: 0,
    kept: true,
    error: null,
  });
  readonly #library: Library;
  readonly #model: ModelHost;
  #index: { index: SearchIndex; llm: LLM } | null = null;
  #run: AbortController | null = null;
  /** What is done to the index goes one after the other. */
  #steps: Promise<void> = Promise.resolve();

  constructor(library: Library, model: ModelHost) {
    this.#library = library;
    this.#model = model;
    model.state.subscribe((state) => {
      if (state.kind === 'ready') this.#onFiles();
      else if (['opening', 'running', 'done', 'failed'].includes(this.state.get().kind)) this.#stop('waiting');
    });
    let known: readonly LibraryFile[] = [];
    library.state.subscribe(({ files }) => {
      if (files === known) return;
      known = files;
      this.#onFiles();
    });
  }

  /** Begins, or goes on. */
  start(): void {
    const run = this.#stop('opening');
    this.#step(() => this.#fill(run));
  }

  pause(): void {
    this.#stop('paused');
  }

  /** From the texts, under the same name: for an index that cannot be used. */
  rebuild(): void {
    this.#stop('opening');
    this.#step(() => this.#delete());
    this.start();
  }

  /** The files and the index. */
  async forget(): Promise<void> {
    this.#stop('waiting');
    await this.#library.forget();
    this.#step(() => this.#delete());
    await this.#steps;
  }

  /** By meaning; with words by both. Empty while there is no index. */
  async search(query: string | null, vector: Float32Array, topK: number): Promise<Hit[]> {
    const index = this.#index?.index;
    if (!index || index.size.documents === 0) return [];
    try {
      return await (query === null ? index.search(vector, { mode: 'semantic', topK }) : index.search(query, { embedding: vector, topK }));
    } catch (error) {
      if (codeOf(error) !== 'index-missing') throw error;
      this.#step(() => this.#close());
      this.start();
      return [];
    }
  }

  #onFiles(): void {
    const { kind } = this.state.get();
    const { files, loaded } = this.#library.state.get();
    if (this.#model.state.get().kind !== 'ready' || !loaded) return;
    this.#count();
    if (kind === 'opening' || kind === 'running') return; // it looks again after each slice
    if (kind === 'paused') this.#step(() => this.#takeOut());
    else if (files.length > 0 || this.#index) this.start();
  }

  async #fill(run: AbortController): Promise<void> {
    const model = this.#model.state.get();
    if (run.signal.aborted) return;
    if (model.kind !== 'ready') return this.#set({ kind: 'waiting' });
    const speed = createSpeedometer();
    let size = slice.first;
    try {
      const index = await this.#open(model.llm, run.signal);
      this.#count();
      this.#set({ kind: 'running', error: null });
      for (;;) {
        await this.#takeOut();
        if (run.signal.aborted) return;
        const missing = this.#missing().slice(0, size);
        if (missing.length === 0) break;
        const began = performance.now();
        await index.add(missing.map(asDocument), { signal: run.signal });
        const ms = performance.now() - began;
        speed.add(missing.length, ms);
        this.#set({ perSecond: speed.perSecond() });
        this.#count();
        size = Math.round(Math.min(size * 2, slice.most, Math.max(slice.least, (size * slice.ms) / ms)));
      }
      if (this.#library.state.get().files.length === 0) await this.#delete();
      this.#count();
      // Files may have come while the index of none was deleted.
      if (this.#missing().length > 0) return this.start();
      this.#set({ kind: this.#library.state.get().files.length > 0 ? 'done' : 'waiting' });
    } catch (error) {
      if (run.signal.aborted || codeOf(error) === 'aborted') return;
      // Another tab has deleted it: the texts are here.
      if (codeOf(error) === 'index-missing') {
        await this.#close();
        return this.start();
      }
      this.#set({ kind: 'failed', error });
    }
  }

  /** The one that is there, unless it is another model's object: then what is stored is opened with that one. */
  async #open(llm: LLM, signal: AbortSignal): Promise<SearchIndex> {
    if (this.#index?.llm === llm) return this.#index.index;
    await this.#close();
    const { createIndex } = await import('rockpool/search');
    const index = await createIndex(llm, { ...options, signal });
    this.#index = { index, llm };
    this.#set({ kept: index.storage.kind === 'opfs' });
    return index;
  }

  async #close(): Promise<void> {
    const { index } = this.#index ?? {};
    this.#index = null;
    await index?.dispose();
  }

  async #delete(): Promise<void> {
    await this.#close();
    const { deleteIndex } = await import('rockpool/search');
    await deleteIndex(name);
    this.#count();
  }

  /** Of files that were removed since. */
  async #takeOut(): Promise<void> {
    const index = this.#index?.index;
    if (!index) return;
    const removed = await this.#library.removedParts();
    if (removed.length === 0) return;
    await index.remove(removed.flatMap(({ parts }) => parts));
    await this.#library.settle(removed.map(({ file }) => file));
    this.#count();
  }

  #missing(): { file: LibraryFile; part: Part }[] {
    const { files } = this.#library.state.get();
    return files.flatMap((file) => file.parts.filter(({ id }) => !this.#index?.index.has(id)).map((part) => ({ file, part })));
  }

  #count(): void {
    const { files } = this.#library.state.get();
    const total = files.reduce((sum, { parts }) => sum + parts.length, 0);
    const { passages = 0, vectorBytes = 0 } = this.#index?.index.size ?? {};
    this.#set({ done: total - this.#missing().length, total, passages, vectorBytes });
  }

  /** A new run, which nobody has begun. */
  #stop(kind: FilesIndexState['kind']): AbortController {
    this.#run?.abort();
    this.#set({ kind, perSecond: 0 });
    return (this.#run = new AbortController());
  }

  #step(step: () => Promise<void>): void {
    this.#steps = this.#steps.then(step).catch((error: unknown) => this.#set({ kind: 'failed', error }));
  }

  #set(change: Partial<FilesIndexState>): void {
    this.state.set({ ...this.state.get(), ...change });
  }
}

const asDocument = ({ file, part: { id, start, end } }: { file: LibraryFile; part: Part }) => ({
  id,
  title: file.title,
  text: file.text.slice(start, end),
});
