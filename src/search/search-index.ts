/** Documents and queries of a model -> the documents that fit, by meaning, by words, or both. In memory; search-storage keeps it. */
import { abortError, PoolingError, shown } from '../errors.ts';
import { diversify } from './diversify.ts';
import { passes } from './filter.ts';
import { reciprocalRanks } from './fuse.ts';
import { KeywordIndex } from './keyword-index.ts';
import { PassageTable, type DocumentHit } from './passage-table.ts';
import { passagesOf } from './passages.ts';
import type { Range } from './sentences.ts';
import type { AddOptions, Embedder, Filter, Hit, IndexOptions, Reranker, ScanInfo, SearchDocument, SearchOptions } from './search-types.ts';

interface Entry {
  key: number;
  document: SearchDocument;
  passages: Range[];
}

export class SearchIndex {
  readonly #llm: Embedder;
  readonly #options: IndexOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #byKey = new Map<number, Entry>();
  readonly #table: PassageTable;
  readonly #keywords: KeywordIndex | null;
  #nextKey = 0;
  #isDisposed = false;

  constructor(llm: Embedder, size: number, options: IndexOptions) {
    this.#llm = llm;
    this.#options = options;
    this.#table = new PassageTable(size, options.precision ?? 'float32', options.coarse, options);
    this.#keywords = options.keywords === false ? null : new KeywordIndex();
  }

  /** Documents, their passages, and the bytes of their vectors. */
  get size(): { documents: number; passages: number; vectorBytes: number } {
    return { documents: this.#entries.size, passages: this.#table.count, vectorBytes: this.#table.bytes };
  }

  /** With device `webgpu` there is one from now on, or `webgpu-unavailable` is thrown. */
  static async open(...given: ConstructorParameters<typeof SearchIndex>): Promise<SearchIndex> {
    const index = new SearchIndex(...given);
    await index.#table.scan.ready();
    return index;
  }

  /** What compares the vectors, and why. */
  get info(): ScanInfo {
    return this.#table.scan.info;
  }

  has(id: string): boolean {
    return this.#entries.has(id);
  }

  get(id: string): SearchDocument | undefined {
    return this.#entries.get(id)?.document;
  }

  /**
   * Embeds documents and puts them in; one with the id of another takes its place. A document is in with all its passages or not at all. Throws
   * `invalid-input` before anything is computed, and what `llm.embed` throws: the documents before are in then.
   */
  async add(documents: readonly SearchDocument[], { onProgress, signal }: AddOptions = {}): Promise<void> {
    this.#throwIfDisposed();
    for (const document of documents) checkDocument(document);
    let passages = 0;
    let done = 0;
    for (const group of groups(documents)) {
      if (signal?.aborted) throw abortError(signal);
      const entries: Omit<Entry, 'key'>[] = [];
      for (const document of group) entries.push({ document: { ...document }, passages: await this.#passagesOf(document, signal) });
      const vectors = await this.#embed(entries.flatMap(passageTexts), signal);
      this.#throwIfDisposed();
      let at = 0;
      for (const entry of entries) this.#put(entry, vectors.slice(at, (at += entry.passages.length)));
      passages += vectors.length;
      onProgress?.({ done: (done += group.length), total: documents.length, passages });
    }
  }

  /** As `add`, for documents that are in: `invalid-input` for an id that is not. */
  async update(documents: readonly SearchDocument[], options?: AddOptions): Promise<void> {
    const missing = documents.find(({ id }) => !this.#entries.has(id));
    if (missing) throw new PoolingError('invalid-input', `There is no document "${missing.id}" to update.`);
    await this.add(documents, options);
  }

  /** How many of them there were. */
  remove(ids: readonly string[]): number {
    this.#throwIfDisposed();
    const entries = [...new Set(ids)].flatMap((id) => this.#entries.get(id) ?? []);
    for (const entry of entries) this.#drop(entry);
    return entries.length;
  }

  /** The documents that fit best. Throws `invalid-option`, and what `llm.embed` and the reranker throw. */
  async search(query: string, options: SearchOptions = {}): Promise<Hit[]> {
    const { topK = 10, mode = this.#keywords ? 'hybrid' : 'semantic', filter, rerank, rerankTop = 20, diversity = 0, signal } = options;
    this.#throwIfDisposed();
    checkSearch(options, this.#keywords !== null);
    const keep = this.#keeper(filter);
    // What comes after looks at more than it answers.
    const depth = Math.max(topK, rerank ? rerankTop : 0, diversity > 0 ? 4 * topK : 0, mode === 'hybrid' ? HYBRID_DEPTH : 0);
    const semantic = mode === 'keyword' ? [] : (await this.#table.nearest([await this.#embedQuery(query, signal)], depth, keep))[0]!;
    const keyword = mode === 'semantic' ? [] : this.#keywords!.search(query, keep).slice(0, depth);
    let found = mode === 'hybrid' ? fused(semantic, keyword) : mode === 'keyword' ? keyword.map(asFound) : semantic.map(asSemantic);
    found = this.#present(found);
    if (rerank) found = this.#present(await this.#rerank(query, found.slice(0, Math.max(rerankTop, topK)), rerank, signal));
    if (diversity > 0) found = this.#diversify(found.slice(0, 4 * topK), topK, diversity);
    return found.slice(0, topK).map((one) => this.#hit(one));
  }

  /** Documents that are like one of the index, by their nearest passages. `invalid-input` for an id that is not there. */
  async similar(id: string, { topK = 10, filter }: Pick<SearchOptions, 'topK' | 'filter'> = {}): Promise<Hit[]> {
    this.#throwIfDisposed();
    const own = this.#entries.get(id);
    if (!own) throw new PoolingError('invalid-input', `There is no document "${id}".`);
    const keep = this.#keeper(filter);
    const others = (key: number) => key !== own.key && (keep === null || keep(key));
    const best = new Map<number, DocumentHit>();
    for (const hit of (await this.#table.nearest(this.#table.vectorsOf(own.key), topK, others)).flat()) {
      if (hit.score > (best.get(hit.document)?.score ?? -Infinity)) best.set(hit.document, hit);
    }
    const hits = [...best.values()].sort((a, b) => b.score - a.score).slice(0, topK);
    return this.#present(hits.map(asSemantic)).map((one) => this.#hit(one));
  }

  /** Gives back the GPU's device and memory. Calls under way reject with `disposed`, and so does every later one. Idempotent. */
  async dispose(): Promise<void> {
    this.#isDisposed = true;
    this.#table.scan.dispose();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  #throwIfDisposed(): void {
    if (this.#isDisposed) throw new PoolingError('disposed', 'The index was disposed.');
  }

  /** Documents may be removed while a call waits for a model or a GPU. */
  #present(found: Found[]): Found[] {
    this.#throwIfDisposed();
    return found.filter(({ document }) => this.#byKey.has(document));
  }

  async #passagesOf({ text, title }: SearchDocument, signal: AbortSignal | undefined): Promise<Range[]> {
    const { max_model_len } = this.#llm.info;
    const count = async (texts: string[]) => {
      const outputs = await this.#llm.tokenize(texts, { addSpecialTokens: false, ...(signal && { signal }) });
      return outputs.map(({ count }) => count);
    };
    const [empty] = await this.#llm.tokenize('', { ...(signal && { signal }) });
    const [titleTokens] = title ? await count([titled(title, '')]) : [0];
    const prompt = this.#llm.info.prompts[this.#options.documentPromptName ?? ''];
    const [promptTokens] = prompt ? await count([prompt]) : [0];
    // Two tokens for the seams.
    const room = (this.#options.passageTokens ?? max_model_len) - empty!.count - titleTokens! - promptTokens! - 2;
    return passagesOf(text, room, count);
  }

  async #embed(texts: string[], signal: AbortSignal | undefined): Promise<Float32Array[]> {
    const { documentPromptName: promptName } = this.#options;
    // A passage of one word that cannot be cut may be longer than the model reads.
    const options = { truncatePromptTokens: -1, ...(promptName !== undefined && { promptName }), ...(signal && { signal }) };
    const outputs = await this.#llm.embed(texts, options);
    return outputs.map(({ outputs: { embedding } }) => embedding);
  }

  async #embedQuery(query: string, signal: AbortSignal | undefined): Promise<Float32Array> {
    const { queryPromptName: promptName } = this.#options;
    const [output] = await this.#llm.embed(query, {
      truncatePromptTokens: -1,
      ...(promptName !== undefined && { promptName }),
      ...(signal && { signal }),
    });
    return output!.outputs.embedding;
  }

  #put(entry: Omit<Entry, 'key'>, vectors: readonly Float32Array[]): void {
    const { document } = entry;
    const before = this.#entries.get(document.id);
    if (before) this.#drop(before);
    const whole: Entry = { ...entry, key: this.#nextKey++ };
    this.#entries.set(document.id, whole);
    this.#byKey.set(whole.key, whole);
    this.#table.add(whole.key, vectors);
    this.#keywords?.add(keywordsOf(whole));
  }

  #drop(entry: Entry): void {
    this.#entries.delete(entry.document.id);
    this.#byKey.delete(entry.key);
    this.#table.remove(entry.key);
    this.#keywords?.remove(keywordsOf(entry));
  }

  #keeper(filter: Filter | undefined): ((key: number) => boolean) | null {
    if (!filter) return null;
    const test = passes(filter);
    return (key) => test(this.#byKey.get(key)!.document.metadata ?? {});
  }

  async #rerank(query: string, found: readonly Found[], reranker: Reranker, signal: AbortSignal | undefined): Promise<Found[]> {
    if (found.length === 0) return [];
    const texts = found.map(({ document, passage }) => passageTexts(this.#byKey.get(document)!)[passage]!);
    const ranked = await reranker.rerank(query, texts, { truncatePromptTokens: -1, ...(signal && { signal }) });
    return ranked.map(({ index, relevance_score: score }) => ({ ...found[index]!, score }));
  }

  #diversify(found: readonly Found[], k: number, diversity: number): Found[] {
    const candidates = found.map((one) => ({ ...one, vector: this.#table.vectorsOf(one.document)[one.passage]! }));
    return diversify(candidates, k, diversity).map(({ document, passage, score }) => ({ document, passage, score }));
  }

  #hit({ document: key, passage, score }: Found): Hit {
    const { document, passages } = this.#byKey.get(key)!;
    const { start, end } = passages[passage]!;
    const { id, title = null, metadata = {}, text } = document;
    return { id, score, passage: { start, end, text: text.slice(start, end) }, title, metadata };
  }
}

/** A document that was found, by which of its passages. */
interface Found {
  document: number;
  passage: number;
  score: number;
}

const asSemantic = ({ document, passage, score }: DocumentHit): Found => ({ document, passage, score });
/** Words are looked for in the whole document: its first passage stands for it. */
const asFound = ({ key, score }: { key: number; score: number }): Found => ({ document: key, passage: 0, score });

/** How deep both rankings are read before they are joined. */
const HYBRID_DEPTH = 100;

function fused(semantic: readonly DocumentHit[], keyword: readonly { key: number }[]): Found[] {
  const passages = new Map(semantic.map(({ document, passage }) => [document, passage]));
  const ranks = reciprocalRanks([semantic.map(({ document }) => document), keyword.map(({ key }) => key)]);
  return ranks.map(([document, score]) => ({ document, passage: passages.get(document) ?? 0, score }));
}

/** Documents of a group: enough that batches are full, few enough to stop soon. */
const GROUP = 32;

function* groups(documents: readonly SearchDocument[]): Generator<readonly SearchDocument[]> {
  for (let at = 0; at < documents.length; at += GROUP) yield documents.slice(at, at + GROUP);
}

function titled(title: string, text: string): string {
  return `${title}\n${text}`;
}

function passageTexts({ document: { text, title }, passages }: Omit<Entry, 'key'>): string[] {
  return passages.map(({ start, end }) => (title ? titled(title, text.slice(start, end)) : text.slice(start, end)));
}

function keywordsOf({ key, document: { title = '', text } }: Entry): { key: number; title: string; text: string } {
  return { key, title, text };
}

function checkDocument(document: SearchDocument): void {
  const { id, text, title, metadata } = document ?? {};
  if (typeof id !== 'string' || id === '')
    throw new PoolingError('invalid-input', `A document needs an id that is a text, got ${shown(id)}.`);
  if (typeof text !== 'string') throw new PoolingError('invalid-input', `The document "${id}" needs a text, got ${shown(text)}.`);
  if (title !== undefined && typeof title !== 'string') throw new PoolingError('invalid-input', `The title of "${id}" must be a text.`);
  if (metadata !== undefined && (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata)))
    throw new PoolingError('invalid-input', `The metadata of "${id}" must be an object.`);
}

function checkSearch({ topK = 10, mode, diversity = 0, rerankTop = 20 }: SearchOptions, hasKeywords: boolean): void {
  if (!Number.isInteger(topK) || topK < 1)
    throw new PoolingError('invalid-option', `topK must be an integer of at least 1, got ${shown(topK)}.`);
  if (!Number.isInteger(rerankTop) || rerankTop < 1)
    throw new PoolingError('invalid-option', `rerankTop must be an integer of at least 1, got ${shown(rerankTop)}.`);
  if (!(diversity >= 0 && diversity <= 1))
    throw new PoolingError('invalid-option', `diversity must be from 0 to 1, got ${shown(diversity)}.`);
  if (mode !== undefined && !['hybrid', 'semantic', 'keyword'].includes(mode))
    throw new PoolingError('invalid-option', `mode must be "hybrid", "semantic" or "keyword", got ${shown(mode)}.`);
  if (mode !== undefined && mode !== 'semantic' && !hasKeywords)
    throw new PoolingError('invalid-option', `mode "${mode}" needs an index with \`keywords\`.`);
}
