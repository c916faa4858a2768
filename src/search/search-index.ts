/** Documents and queries of a model -> the documents that fit, by meaning, by words, or both. In memory, or on the disk too. */
import { PoolingError, shown, throwIfAborted } from '../errors.ts';
import { kindOf } from '../facade/checked-llm.ts';
import { notify } from '../facade/connection.ts';
import { hooksOf, searchOptions, similarOptions } from './call-options.ts';
import type { ComputedDocument } from './contents.ts';
import { CurrentHome } from './current-home.ts';
import { asGivenDocument, copyOf, isSameDocument } from './document.ts';
import { findDocuments, findSimilar } from './find.ts';
import { COMPUTED, groups } from './groups.ts';
import type { Home } from './home.ts';
import { importFile } from './import-file.ts';
import { openIndexFile, writeIndexFile } from './index-file.ts';
import { findStored, openFound } from './open-stored.ts';
import { pacer } from './pacer.ts';
import { keepStored, saveAs } from './save-as.ts';
import { checkName, type Settings } from './settings.ts';
import type {
  AddOptions,
  Embedder,
  Hit,
  IndexOptions,
  IndexStorage,
  OpenOptions,
  ScanInfo,
  SearchDocument,
  SearchOptions,
  StorageState,
} from './search-types.ts';

/** What an index is made of. @internal */
export interface IndexParts {
  llm: Embedder;
  /** As the caller gave them. */
  given: IndexOptions;
  onLog: NonNullable<IndexOptions['onLog']>;
  home: Home;
}

/**
 * All that is async may also throw, for an index that is stored, `storage-unavailable`, `worker-crashed`, and `index-missing` if another tab
 * deleted or replaced the index. What other tabs did to it is seen by each call that begins after it; `size`, `has` and `get` tell of what
 * the last call saw.
 */
export class SearchIndex {
  readonly #llm: Embedder;
  readonly #given: IndexOptions;
  readonly #onLog: NonNullable<IndexOptions['onLog']>;
  readonly #current: CurrentHome;

  /** Use `createIndex`. @internal */
  constructor({ llm, given, onLog, home }: IndexParts) {
    this.#llm = llm;
    this.#given = given;
    this.#onLog = onLog;
    this.#current = new CurrentHome(home);
  }

  /** Documents, their passages, and the bytes of their vectors in memory. */
  get size(): { documents: number; passages: number; vectorBytes: number } {
    const { count, table } = this.#home.contents;
    return { documents: count, passages: table.count, vectorBytes: table.bytes };
  }

  /** Whether it outlives the page, and under which name. */
  get storage(): IndexStorage {
    const { name } = this.#home;
    return { kind: name === null ? 'memory' : 'opfs', name };
  }

  /** What compares the vectors, and why. */
  get info(): ScanInfo {
    return this.#home.contents.table.scan.info;
  }

  has(id: string): boolean {
    return this.#home.contents.get(id) !== undefined;
  }

  /** A copy: to change a document, change the copy and `add` it. */
  get(id: string): SearchDocument | undefined {
    const entry = this.#home.contents.get(id);
    return entry && copyOf(entry.document);
  }

  /**
   * Embeds documents and puts them in; one with the id of another takes its place, and one that is in already, unchanged, is not computed again.
   * So the same call goes on where it was stopped: by its signal, by an error, or by the end of the page if the index is stored. A document is
   * in with all its passages or not at all.
   *
   * Throws `invalid-input` before anything is computed, `aborted`, `storage-full`, `index-missing` if `load` takes another index meanwhile, and what
   * `llm.embed` throws: the documents of the batches before are in then.
   */
  add(documents: readonly SearchDocument[], options: AddOptions = {}): Promise<void> {
    return this.#put('add', documents, options, async () => {});
  }

  /** As `add`, for documents that are in: `invalid-input` for an id that is not, also if it goes before its batch is computed. */
  update(documents: readonly SearchDocument[], options: AddOptions = {}): Promise<void> {
    return this.#put('update', documents, options, async (group) => {
      await this.#home.refresh({});
      const missing = group.find(({ id }) => !this.has(id));
      if (missing) throw new PoolingError('invalid-input', `There is no document "${missing.id}" to update.`);
    });
  }

  /** `check`: of all documents before any is computed, and of each batch in the turn that puts it in. */
  async #put(
    method: string,
    documents: readonly SearchDocument[],
    options: AddOptions,
    check: (documents: readonly SearchDocument[]) => Promise<void>,
  ): Promise<void> {
    const { onProgress, signal } = hooksOf(options, method);
    const pace = pacer();
    const checked: SearchDocument[] = [];
    for (const document of asList(documents, 'documents')) {
      checked.push(asGivenDocument(document, this.#home.settings.model.canary));
      await pace();
    }
    const settings = await this.#current.settings(signal);
    await this.#current.turnWith(settings, () => check(checked));
    const isNew = (document: SearchDocument) => !this.#isIn(document);
    await settings.checkTitles(checked.filter(isNew), signal);
    let passages = 0;
    let done = 0;
    const tell = (more: number) => notify(onProgress, { done, total: checked.length, passages: passages + more });
    for (const group of groups(checked, COMPUTED, ({ text }) => text)) {
      throwIfAborted(signal);
      this.#current.throwIfReplaced(settings);
      // Of two with one id the last counts.
      const last = new Map(group.map((document) => [document.id, document]));
      const changed = [...last.values()].filter(isNew);
      if (changed.length > 0) {
        const computed = await settings.compute(changed, { signal, onPassages: tell });
        await this.#current.turnWith(settings, async () => {
          await check(changed);
          await this.#home.commit(computed, []);
        });
        passages += computed.reduce((sum, { rows }) => sum + rows.length, 0);
      }
      done += group.length;
      tell(0);
      await pace();
    }
  }

  /** How many of them there were. All of them go, or none. */
  async remove(ids: readonly string[]): Promise<number> {
    const known = new Set(asList(ids, 'ids'));
    return this.#current.turn(() => this.#home.commit([], [...known]));
  }

  /**
   * The documents that fit best. A query may be a vector of the model's: then by meaning alone. Throws `invalid-input`, `invalid-option`, and what
   * `llm.embed` and the reranker throw.
   */
  async search(query: string | Float32Array, options: SearchOptions = {}): Promise<Hit[]> {
    const given = searchOptions(options);
    const { signal } = given;
    return this.#current.find(signal, ({ contents, settings }) => {
      const embed = (words: string) => this.#embedQuery(words, settings, signal);
      return findDocuments(contents, query, embed, given, settings.model.canary);
    });
  }

  /** Documents that are like one of the index, by their nearest passages. `invalid-input` for an id that is not there. */
  async similar(id: string, options: Pick<SearchOptions, 'topK' | 'filter'> = {}): Promise<Hit[]> {
    const given = similarOptions(options);
    return this.#current.find(undefined, ({ contents }) => findSimilar(contents, id, given));
  }

  /**
   * Stores all of the index under a name, from when on it is kept there: each batch is on the disk before its progress is told. An index of that
   * name is replaced, at once when this one is whole. Without a name, or with its own, an index that is stored already only asks the browser to
   * keep it. Throws `invalid-option` without any name, `storage-full`, `storage-unavailable`: the index stays where it was then.
   */
  async save(name: string | null = this.storage.name): Promise<StorageState> {
    if (name === null) throw new PoolingError('invalid-option', 'This index is in memory: save it under a name.');
    checkName(name);
    await this.#current.refresh({});
    await this.#current.turn(async () => {
      const { contents, settings } = this.#home;
      if (name !== this.#home.name) this.#current.move(await saveAs(name, contents, settings, { ...this.#given, onLog: this.#onLog }));
    });
    return keepStored();
  }

  /**
   * Takes what is stored under a name in place of what is in this index, and is kept there from then on; with its own name it takes in what other
   * tabs did. Vectors that were damaged on the disk are computed anew, which `onLog` tells. Throws `index-missing`, `model-mismatch` if it was made
   * with another model, `index-invalid` if a newer version of rockpool made it, `invalid-option` if it differs from the options of this index: the
   * index stays as it was then.
   */
  async load(name: string, options: OpenOptions = {}): Promise<void> {
    checkName(name);
    const hooks = hooksOf(options, 'load');
    await this.#current.turn(async () => {
      // What is under way for the index that is there goes on.
      if (name === this.#home.name && (await this.#current.isStill(hooks))) return;
      const found = await findStored(this.#llm, this.#given, name, { ...hooks, orCreate: false });
      this.#current.move(await openFound(this.#llm, this.#given, found, this.#onLog, hooks));
    });
  }

  /** All of the index as one file, vectors included, that `import` takes on any device and in any runtime. */
  async export(): Promise<Blob> {
    await this.#current.refresh({});
    return this.#current.turn(() => writeIndexFile(this.#home.contents, this.#home.settings));
  }

  /**
   * Puts in the documents of a file of `export`, without computing them. Those with the id of another take its place; all others stay.
   *
   * Throws before anything is in: `index-invalid` if it is damaged, no such file, or of a newer version of rockpool; `invalid-input` if it has
   * parts that are not known; `model-mismatch`; `invalid-option` if its precision is another, or its
   * documents' prompt, whatever its name is. Later: `aborted`, `storage-full`, and
   * `index-missing` if `load` takes another index meanwhile.
   */
  async import(file: Blob, options: AddOptions = {}): Promise<void> {
    const hooks = hooksOf(options, 'import');
    if (!(file instanceof Blob)) throw new PoolingError('invalid-input', `import takes a Blob or a File, got ${kindOf(file)}.`);
    const opened = await openIndexFile(file);
    const settings = await this.#current.settings(hooks.signal);
    const put = (documents: ComputedDocument[]) => this.#current.turnWith(settings, () => this.#home.commit(documents, []));
    await importFile(opened, settings, put, hooks);
  }

  /**
   * Lets go of the storage, and of the GPU's device and memory. What is stored stays. Calls under way reject with `disposed`, and so does every later
   * one. Idempotent.
   */
  async dispose(): Promise<void> {
    this.#current.dispose();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  get #home(): Home {
    return this.#current.home;
  }

  #isIn(document: SearchDocument): boolean {
    const there = this.#home.contents.get(document.id);
    // The vector of one that brings it may be another.
    return there !== undefined && !document.embedding && isSameDocument(there.document, document);
  }

  async #embedQuery(query: string, settings: Settings, signal: AbortSignal | undefined): Promise<Float32Array> {
    const { queryPromptName: promptName } = settings.options;
    const options = { truncatePromptTokens: -1, ...(promptName !== undefined && { promptName }), ...(signal && { signal }) };
    const [output] = await this.#llm.embed(query, options);
    return output!.outputs.embedding;
  }
}

/** A text is iterable too, and would be taken letter by letter. The caller's own may change while it is worked on. */
function asList<T>(list: readonly T[], what: string): T[] {
  if (!Array.isArray(list)) throw new PoolingError('invalid-input', `Expected a list of ${what}, got ${shown(list)}.`);
  return [...(list as readonly T[])];
}
