/** Documents and queries of a model -> the documents that fit, by meaning, by words, or both. In memory, or on the disk too. */
import { PoolingError, throwIfAborted } from '../errors.ts';
import { kindOf } from '../facade/checked-llm.ts';
import { notify } from '../facade/listeners.ts';
import type { EitherSpelling } from '../facade/options.ts';
import { hooksOf, searchOptions, similarOptions } from './call-options.ts';
import type { ComputedDocument } from './contents.ts';
import { CurrentHome } from './current-home.ts';
import { asGivenDocument, asList, copyOf, isSameDocument } from './document.ts';
import { findDocuments, findSimilar } from './find.ts';
import { copyOfVector } from './given-vector.ts';
import { COMPUTED, groups } from './groups.ts';
import type { Home } from './home.ts';
import { importFile } from './import-file.ts';
import { openIndexFile, writeIndexFile } from './index-file.ts';
import { lookUpStored, openStored } from './open-stored.ts';
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
  SimilarOptions,
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
   * Calls need not wait for each other: of two that name one document the one that began later counts, whichever is done first. That goes for
   * `update`, `remove` and `import` too. A call that fails or is stopped counts for what it has put in.
   *
   * Throws `invalid-input` before anything is computed, `aborted`, `storage-full`, `index-missing` if `load` takes another index meanwhile, and what
   * `llm.embed` throws: the documents of the batches before are in then.
   */
  add(documents: readonly SearchDocument[], options: EitherSpelling<AddOptions> = {}): Promise<void> {
    return this.#current.calls.run((call) => this.#put(call, 'add', documents, options));
  }

  /** As `add`, for documents that are in: `invalid-input` for an id that is not, also if it goes before its batch is computed. */
  update(documents: readonly SearchDocument[], options: EitherSpelling<AddOptions> = {}): Promise<void> {
    return this.#current.calls.run((call) => this.#put(call, 'update', documents, options));
  }

  async #put(
    call: number,
    method: 'add' | 'update',
    documents: readonly SearchDocument[],
    options: EitherSpelling<AddOptions>,
  ): Promise<void> {
    const { onProgress, signal } = hooksOf(options, method);
    const pace = pacer();
    const checked: SearchDocument[] = [];
    for (const document of asList(documents, 'documents')) {
      checked.push(asGivenDocument(document, this.#home.settings.model.canary));
      await pace();
    }
    const settings = await this.#current.settings(signal);
    if (method === 'update') await this.#current.turnWith(settings, async () => this.#throwIfMissing(checked));
    await settings.checkTitles(
      checked.filter((document) => !this.#isIn(document)),
      signal,
    );
    let passages = 0;
    let done = 0;
    const tell = (more: number) => notify(onProgress, { done, total: checked.length, passages: passages + more });
    for (const group of groups(checked, COMPUTED, ({ text }) => text)) {
      throwIfAborted(signal);
      // Of two with one id the last counts.
      const last = new Map(group.map((document) => [document.id, document]));
      const changed = await this.#current.turnWith(settings, async () => this.#changed(call, [...last.values()]));
      if (changed.length > 0) {
        const computed = await settings.compute(changed, { signal, onPassages: tell });
        await this.#current.turnWith(settings, async () => {
          if (method === 'update') {
            // Another tab may have taken one out.
            await this.#home.refresh({});
            this.#throwIfMissing(changed);
          }
          await this.#commit(call, computed);
        });
        passages += computed.reduce((sum, { rows }) => sum + rows.length, 0);
      }
      done += group.length;
      tell(0);
      await pace();
    }
  }

  #throwIfMissing(documents: readonly SearchDocument[]): void {
    const missing = documents.find(({ id }) => !this.has(id));
    if (missing) throw new PoolingError('invalid-input', `There is no document "${missing.id}" to update.`);
  }

  /** Within a turn: what is to be computed. What is in as it is given stays so, whatever an earlier call computes meanwhile. */
  #changed(call: number, documents: readonly SearchDocument[]): SearchDocument[] {
    const own = documents.filter(({ id }) => this.#current.calls.isLatest(call, id));
    const [same, changed] = [own.filter((one) => this.#isIn(one)), own.filter((one) => !this.#isIn(one))];
    this.#current.calls.decide(call, idsOf(same));
    return changed;
  }

  /** Within a turn: all but those that a later call has put in or taken out. */
  async #commit(call: number, computed: readonly ComputedDocument[]): Promise<void> {
    const own = computed.filter(({ document }) => this.#current.calls.isLatest(call, document.id));
    await this.#home.commit(own, []);
    this.#current.calls.decide(call, idsOf(own.map(({ document }) => document)));
  }

  /** How many of them there were. All of them go, or none. One that an earlier call computes does not come in any more. */
  async remove(ids: readonly string[]): Promise<number> {
    const known = new Set(asList(ids, 'ids'));
    return this.#current.calls.run((call) =>
      this.#current.turn(async () => {
        const removed = await this.#home.commit([], [...known]);
        this.#current.calls.decide(call, known);
        return removed;
      }),
    );
  }

  /**
   * The documents that fit best. A query may be a vector of the model's: then by meaning alone. Throws `invalid-input`, `invalid-option`, and what
   * `llm.embed` and the reranker throw.
   */
  async search(query: string | Float32Array | readonly number[], options: EitherSpelling<SearchOptions> = {}): Promise<Hit[]> {
    const given = searchOptions(options);
    const own = copyOfVector(query);
    const { signal } = given;
    return this.#current.read(signal, ({ contents, settings }) => {
      const embed = (words: string) => this.#embedQuery(words, settings, signal);
      return findDocuments(contents, own, embed, given, settings.model.canary);
    });
  }

  /** Documents that are like one of the index, by their nearest passages. Throws `invalid-input` for an id that is not there, `aborted`. */
  async similar(id: string, options: EitherSpelling<SimilarOptions> = {}): Promise<Hit[]> {
    const given = similarOptions(options);
    return this.#current.read(given.signal, ({ contents }) => findSimilar(contents, id, given));
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
  async load(name: string, options: EitherSpelling<OpenOptions> = {}): Promise<void> {
    checkName(name);
    const hooks = hooksOf(options, 'load');
    await this.#current.turn(async () => {
      // What is under way for the index that is there goes on.
      if (name === this.#home.name && (await this.#current.isStill(hooks))) return;
      const found = await lookUpStored(this.#llm, this.#given, name, { ...hooks, orCreate: false });
      this.#current.move(await openStored(this.#llm, this.#given, found, this.#onLog, hooks));
    });
  }

  /**
   * All of the index as one file, vectors included, that `import` takes on any device and in any runtime. Of one that is stored `index-missing`,
   * if it was deleted.
   */
  async export(): Promise<Blob> {
    await this.#current.refresh({});
    return this.#current.turn(() => writeIndexFile(this.#home.contents, this.#home.settings));
  }

  /**
   * Puts in the documents of a file of `export`, without computing them. Those with the id of another take its place; all others stay.
   *
   * Throws before anything is in: `index-invalid` if it is damaged, no such file, or of a newer version of rockpool; `invalid-input` if it has
   * parts that are not known; `model-mismatch`; `invalid-option` if its precision or `lateChunking` is another, or
   * its documents' prompt, whatever its name is. Later: `aborted`, `storage-full`, and
   * `index-missing` if `load` takes another index meanwhile.
   */
  import(file: Blob, options: EitherSpelling<AddOptions> = {}): Promise<void> {
    return this.#current.calls.run(async (call) => {
      const hooks = hooksOf(options, 'import');
      if (!(file instanceof Blob)) throw new PoolingError('invalid-input', `import takes a Blob or a File, got ${kindOf(file)}.`);
      const opened = await openIndexFile(file);
      const settings = await this.#current.settings(hooks.signal);
      const put = (documents: ComputedDocument[]) => this.#current.turnWith(settings, () => this.#commit(call, documents));
      await importFile(opened, settings, put, hooks);
    });
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

const idsOf = (documents: readonly SearchDocument[]) => documents.map(({ id }) => id);
