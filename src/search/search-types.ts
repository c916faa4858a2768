/** What goes into an index and what comes out. Imports only types. */
import type { WebWorker } from '../dom-types.ts';
import type { PoolingLLM } from '../facade/llm.ts';
import type { Device, LogEntry } from '../types.ts';
import type { Precision } from './row-format.ts';

/** What an index needs of an LLM, whichever entry it is from. */
export type Embedder = Pick<PoolingLLM, 'info' | 'embed' | 'tokenize'> & Partial<Pick<PoolingLLM, 'tokenEmbed'>>;
export type Reranker = Pick<PoolingLLM, 'info' | 'rerank'>;

export type Metadata = Readonly<Record<string, string | number | boolean | null | readonly (string | number | boolean)[]>>;

export interface SearchDocument {
  /** Of the caller's. One that is in the index already is replaced. */
  id: string;
  text: string;
  /** Stands before each passage when it is embedded, and counts double for keywords. */
  title?: string;
  /** For filters, and given back with hits. */
  metadata?: Metadata;
  /**
   * The vector of the whole text by the same model, if it is there already, from a build or a server: then nothing is computed, and the document is
   * one passage. It is brought to unit length, if the model's are. It is not given back. The same document added again without one keeps it.
   */
  embedding?: ArrayLike<number>;
}

export interface IndexOptions {
  /**
   * Keeps the index in the browser under this name, and opens what is there already: then what was stored counts for whatever is not given here.
   * Where nothing can be stored (Node, some private windows) the index lives in memory, which `onLog` tells. Default: in memory.
   */
  name?: string;
  /** How vectors are kept. int8: a quarter of the bytes, order nearly the same; binary: a thirty-second, for a first pass. Default `float32`. */
  precision?: Precision;
  /** A first pass over smaller rows; its best `oversample` × topK are compared by the rows of `precision`. Default: none. */
  coarse?: CoarseOptions;
  /** Keyword search beside the vectors. Default true. */
  keywords?: boolean;
  /**
   * Most tokens of a passage, title and special tokens included. Default: as many as the model reads at once; with `lateChunking`, which counts
   * the passage alone, a quarter of that. More than the model reads counts as that; less than 8 beside the title and the special tokens is
   * `invalid-option`.
   */
  passageTokens?: number;
  /**
   * Late chunking: the model reads as much of a document as it can in one go, and a passage's vector is the mean of its tokens' states, which
   * know what stands around it. Only for models that are pooled by MEAN. Default false: each passage is read alone.
   */
  lateChunking?: boolean;
  /**
   * The model's prompts for queries and passages, keys of `llm.info.prompts`; '' is none. Default: its `query`, and the first of `document`,
   * `passage` and `corpus` that it has; else its own default.
   */
  queryPromptName?: string;
  documentPromptName?: string;
  /**
   * What compares the vectors. Default `auto`: WASM, and from 16 MiB of vectors on whichever is measured to be faster here, on hardware
   * adapters, if both find the same. `webgpu`: WebGPU from the first vector on, also in software; its absence is an error.
   */
  device?: 'auto' | Device;
  /** Makes the worker that stores, for bundlers that do not understand `new Worker(new URL(…))`. Default: `search-worker.js` beside this module. */
  worker?: () => WebWorker;
  /** What a caller should know and no call answers: damage that was found and repaired, storage that is not there. Default: the console. */
  onLog?: (entry: LogEntry) => void;
}

/** Where an index is kept. */
export interface IndexStorage {
  /** `opfs`: on the disk, vectors in the origin private file system, documents in IndexedDB. */
  kind: 'memory' | 'opfs';
  /** Null in memory. */
  name: string | null;
}

/** What the browser promises for all that this origin stores. */
export interface StorageState {
  /** Whether it is kept until the user deletes it. Else the browser may, when room is short. */
  persisted: boolean;
  /** Bytes, of all that the origin stores. Null: the browser does not say. */
  usage: number | null;
  quota: number | null;
}

/** What compares the vectors, and why. Changes as the index grows and when a device is lost. */
export interface ScanInfo {
  device: Device;
  /** The GPU's own description; null: none is held. */
  adapter: string | null;
  /** Why WASM is used although WebGPU was possible or wished for; null if nothing was given up. */
  fallback: string | null;
  /** Milliseconds of a search on both, when they were last compared. */
  measured: { wasm: number; webgpu: number } | null;
  /** The mirror of the vectors on the GPU, and room to select from them. */
  gpuBytes: number;
  /** Bytes read back from the GPU, and devices lost. */
  counters: { readBackBytes: number; deviceLosses: number };
}

export interface CoarseOptions {
  /** Of the rows of the first pass, as `precision` of the index is of the second. */
  precision: Precision;
  /** Of Matryoshka models: only the first so many values, at least 1. Above the model's size: `invalid-option`. Default: all. */
  dimensions?: number;
  /** 1: what the first pass finds. More: nearer to the exact order, and slower. Default 10: of MiniLM's ten nearest 95 % are found by bits. */
  oversample?: number;
}

/** Equal to the value, or to one of several; or a range; or not. Of a list in the metadata one member is enough, and for `not` one too many. */
export type Condition =
  | string
  | number
  | boolean
  | null
  | readonly (string | number | boolean | null)[]
  | { gt?: number | string; gte?: number | string; lt?: number | string; lte?: number | string; not?: string | number | boolean | null };
/** All conditions hold. */
export type Filter = Readonly<Record<string, Condition>>;

export interface SearchOptions {
  /** Most documents to answer, at least 1. Default 10. More than there are: all of them. */
  topK?: number;
  /**
   * `semantic`: by meaning; `keyword`: by words (BM25); `hybrid`: both, joined by reciprocal rank fusion. Default `hybrid`, without
   * keywords `semantic`.
   */
  mode?: 'hybrid' | 'semantic' | 'keyword';
  /** Only documents whose metadata it fits, in every mode. What is no condition is `invalid-option`. Default, and `{}`: all. */
  filter?: Filter;
  /** The vector of the query by the same model, if it is there already: then the model is not asked, and the query is its words. */
  embedding?: ArrayLike<number>;
  /** A cross-encoder reads the query with the best passages again and orders them. */
  rerank?: Reranker;
  /** How many passages it reads, at least topK. Default 20, and with `diversity` 4 × topK if that is more. */
  rerankTop?: number;
  /**
   * 0: the best, however alike. 1: as different as can be. Maximal marginal relevance over the best 4 × topK, of those that were reranked.
   * Default 0.
   */
  diversity?: number;
  /** Rejects with `aborted` before the next step: it is handed to the model and the reranker. */
  signal?: AbortSignal;
}

/** Of `similar`. */
export type SimilarOptions = Pick<SearchOptions, 'topK' | 'filter' | 'signal'>;

export interface Hit {
  id: string;
  /**
   * Of the mode: cosine (of precision `binary` that of the signs), BM25 (MiniSearch's kind of BM25+), the sum of reciprocal ranks, or the
   * reranker's score. Higher is better.
   */
  score: number;
  /** The passage that fits best, by meaning if that found the document, else by its words: [start, end) in `text`, in UTF-16 code units. */
  passage: { start: number; end: number; text: string };
  title: string | null;
  metadata: Metadata;
}

export interface KeywordSearchHit {
  id: string;
  /** BM25. */
  score: number;
  /**
   * Words of the document that fit those of the query, in lower case and with its accents: to be marked. Of writing without spaces they are
   * the pieces that were found.
   */
  words: string[];
}

export interface AddOptions {
  /** After each batch, when it is in, and on the disk if the index is stored; and while it is computed, with `passages` ahead of `done`. */
  onProgress?: (progress: AddProgress) => void;
  /** Stops soon, in the middle of a long document too; the batches before are in. The same call again goes on where this one stopped. */
  signal?: AbortSignal;
}

export interface OpenOptions {
  /** Documents that are loaded, and computed anew where they were damaged. */
  onProgress?: (progress: AddProgress) => void;
  /** Rejects with `aborted`, and changes nothing on the disk. */
  signal?: AbortSignal;
}

export interface AddProgress {
  /** Documents that are in, and in all. */
  done: number;
  total: number;
  /** Passages computed so far. */
  passages: number;
}
