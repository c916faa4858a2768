/** An index of `rockpool/search` -> LangChain's VectorStore: documents in, the nearest of them out, by meaning and by words. */
import { Document, type DocumentInterface } from '@langchain/core/documents';
import type { EmbeddingsInterface } from '@langchain/core/embeddings';
import { VectorStore, type MaxMarginalRelevanceSearchOptions } from '@langchain/core/vectorstores';
import { readOptions, type EitherSpelling } from '../../facade/options.ts';
import type { SearchIndex } from '../../search/search-index.ts';
import type { Filter, Hit, SearchDocument, SearchOptions } from '../../search/search-types.ts';
import { PoolingError } from '../../errors.ts';
import { flat, nested } from './metadata.ts';

type AnyIndex = Pick<SearchIndex, 'add' | 'remove' | 'search' | 'get'>;

/** Besides: `mode`, `rerank`, `rerankTop` and `diversity` of `index.search`, for every search by text. */
export interface RockpoolVectorStoreParams extends Pick<SearchOptions, 'mode' | 'rerank' | 'rerankTop' | 'diversity'> {
  index: AnyIndex;
  /** What `pageContent` of a document that was found is: all of it, or the passage that fits best. Default `document`. */
  content?: 'document' | 'passage';
}

/** `id`: of the document. Else of `ids`, else a new one. A document whose id is in the index takes its place. */
export interface RockpoolAddOptions {
  ids?: string[];
}

/**
 * `new RockpoolVectorStore(embeddings, { index })`, or `RockpoolVectorStore.fromDocuments(documents, embeddings, { index })`. The index
 * embeds by its own model, which has to be the one of `embeddings`; vectors that a caller brings must be of it, too. Filters are those of
 * `index.search`; functions, as LangChain's MemoryVectorStore takes them, are refused. Errors as `index.add` and `index.search`.
 */
export class RockpoolVectorStore extends VectorStore {
  declare FilterType: Filter;
  readonly index: AnyIndex;
  readonly #content: 'document' | 'passage';
  readonly #options: Pick<SearchOptions, 'mode' | 'rerank' | 'rerankTop' | 'diversity'>;

  constructor(embeddings: EmbeddingsInterface, params: EitherSpelling<RockpoolVectorStoreParams>) {
    super(embeddings, {});
    const known = ['index', 'content', 'mode', 'rerank', 'rerankTop', 'diversity'] as const;
    const { index, content = 'document', ...options } = readOptions(params as RockpoolVectorStoreParams, known, 'RockpoolVectorStore');
    if (typeof index?.search !== 'function')
      throw new PoolingError('invalid-option', 'RockpoolVectorStore takes an `index` that createIndex of rockpool/search has made.');
    this.index = index;
    this.#content = content;
    this.#options = options;
  }

  _vectorstoreType(): string {
    return 'rockpool';
  }

  /** Their ids. */
  async addDocuments(documents: DocumentInterface[], { ids }: RockpoolAddOptions = {}): Promise<string[]> {
    return this.#add(documents, ids, []);
  }

  /** Vectors of the whole documents, by the index's model. Their ids. */
  async addVectors(vectors: number[][], documents: DocumentInterface[], { ids }: RockpoolAddOptions = {}): Promise<string[]> {
    if (vectors.length !== documents.length)
      throw new PoolingError('invalid-input', `There are ${vectors.length} vectors for ${documents.length} documents.`);
    return this.#add(documents, ids, vectors);
  }

  /** Of documents that are not there nothing is said. All of them: `deleteIndex` of rockpool/search. */
  override async delete(params: { ids: string[] }): Promise<void> {
    const { ids } = readOptions<{ ids: string[] }>(params, ['ids'], 'RockpoolVectorStore.delete');
    if (!ids) throw new PoolingError('invalid-option', 'RockpoolVectorStore.delete takes { ids }, a list of what goes.');
    await this.index.remove(ids);
  }

  /** By meaning alone, with cosines. */
  async similaritySearchVectorWithScore(query: number[], k: number, filter?: Filter): Promise<[DocumentInterface, number][]> {
    const hits = await this.index.search(Float32Array.from(query), { topK: k, ...(filter !== undefined && { filter }) });
    return hits.map((hit) => [this.#documentOf(hit), hit.score]);
  }

  override async similaritySearch(query: string, k = 4, filter?: Filter): Promise<DocumentInterface[]> {
    return (await this.#search(query, k, filter)).map((hit) => this.#documentOf(hit));
  }

  /** The scores are the mode's: of `hybrid`, the default, sums of reciprocal ranks. */
  override async similaritySearchWithScore(query: string, k = 4, filter?: Filter): Promise<[DocumentInterface, number][]> {
    return (await this.#search(query, k, filter)).map((hit) => [this.#documentOf(hit), hit.score]);
  }

  /** `lambda`: 1 for the best alone, 0 for the most different. The index looks at the best 4 × k, whatever `fetchK` says. */
  override async maxMarginalRelevanceSearch(
    query: string,
    { k, lambda = 0.5, filter }: MaxMarginalRelevanceSearchOptions<Filter>,
  ): Promise<DocumentInterface[]> {
    return (await this.#search(query, k, filter, 1 - lambda)).map((hit) => this.#documentOf(hit));
  }

  static override async fromTexts(
    texts: string[],
    metadatas: object[] | object,
    embeddings: EmbeddingsInterface,
    params: EitherSpelling<RockpoolVectorStoreParams>,
  ): Promise<RockpoolVectorStore> {
    const documents = texts.map((pageContent, i) => {
      const metadata = ((Array.isArray(metadatas) ? metadatas[i] : metadatas) ?? {}) as Record<string, unknown>;
      return new Document({ pageContent, metadata });
    });
    return this.fromDocuments(documents, embeddings, params);
  }

  static override async fromDocuments(
    documents: DocumentInterface[],
    embeddings: EmbeddingsInterface,
    params: EitherSpelling<RockpoolVectorStoreParams>,
  ): Promise<RockpoolVectorStore> {
    const store = new RockpoolVectorStore(embeddings, params);
    await store.addDocuments(documents);
    return store;
  }

  async #add(documents: DocumentInterface[], ids: readonly string[] | undefined, vectors: readonly number[][]): Promise<string[]> {
    if (ids && ids.length !== documents.length)
      throw new PoolingError('invalid-input', `There are ${ids.length} ids for ${documents.length} documents.`);
    const given = documents.map(({ id, pageContent, metadata }, i): SearchDocument => {
      const embedding = vectors[i];
      const known = ids?.[i] ?? id;
      const name = known === undefined ? `document ${i + 1} of ${documents.length}` : `"${known}"`;
      return {
        id: known ?? crypto.randomUUID(),
        text: pageContent,
        metadata: flat(metadata ?? {}, `The metadata of ${name}`),
        ...(embedding && { embedding }),
      };
    });
    await this.index.add(given);
    return given.map(({ id }) => id);
  }

  #search(query: string, topK: number, filter: Filter | undefined, diversity = this.#options.diversity): Promise<Hit[]> {
    return this.index.search(query, {
      ...this.#options,
      topK,
      ...(filter !== undefined && { filter }),
      ...(diversity !== undefined && { diversity }),
    });
  }

  #documentOf({ id, passage, metadata }: Hit): DocumentInterface {
    // It may have gone since: what was found is its passage then.
    const pageContent = this.#content === 'document' ? (this.index.get(id)?.text ?? passage.text) : passage.text;
    return new Document({ id, pageContent, metadata: nested(metadata) });
  }
}
