/** What goes into LLM.load and what it tells: options, progress, the model as it was resolved. */
import type { DirectoryHandle, WebWorker } from './dom-types.ts';
import type { Device, Dtype, PoolerConfig, PoolingType, Task } from './pooling-types.ts';

export interface LoadProgress {
  /** `download`: bytes are on their way; `compile`: the runtime builds the session; `check`: WebGPU is compared with WASM; `ready`. */
  phase: 'download' | 'compile' | 'check' | 'ready';
  /** The file this event is about, relative to the model's folder. Absent outside `download`. */
  file?: string;
  /** Bytes of `file` that are there, and its size (0 while unknown). */
  fileLoaded: number;
  fileTotal: number;
  /** The same over all files begun so far. */
  loaded: number;
  total: number;
  /** Bytes a second over the last moments. Cached bytes do not count. */
  bytesPerSecond: number;
  /** True if `file` came whole from the cache or from a local folder. */
  fromCache: boolean;
}

export interface LogEntry {
  level: 'info' | 'warning';
  message: string;
}

/** How token states become one vector. `source` says who chose the type: `overridePoolerConfig`, the model's modules.json, or its class. */
export interface ResolvedPooler {
  pooling_type: PoolingType;
  /** Whether vectors are brought to unit length, unless a call says otherwise. */
  normalize: boolean;
  source: 'override' | 'modules.json' | 'architecture';
}

/** What was resolved and how it runs. Changes when the device does: read it again after a call. */
export interface ModelInfo {
  /** The name used in error texts: the last part of the URL, or the hub id. */
  model: string;
  device: Device | 'remote';
  /** The GPU's own description, or null on WASM; of a remote model, its server. */
  adapter: string | null;
  /** Why WASM is used although WebGPU was possible or wished for; null if nothing was given up. */
  fallback: string | null;
  /** Cosine between WebGPU and WASM on the probe text; null if it was not checked. */
  selfCheck: number | null;
  /** `unknown`: a server that does not say it. */
  dtype: Dtype | 'unknown';
  /** WASM threads. 1 without cross-origin isolation. Remote: 0. */
  threads: number;
  /** Remote: ''. */
  architecture: string;
  /** What this model can be asked for. */
  tasks: Task[];
  /**
   * Of a server's model: the options that it can be asked for, by task; `truncateToMax` is a `truncatePromptTokens` below 0. Others are
   * `invalid-option`. Absent: all.
   */
  takes?: Readonly<Partial<Record<Task, readonly string[]>>>;
  /** Names of its classes, of config.json's `id2label`; null if it has none. */
  labels: string[] | null;
  /** Names of the heads that `LLM.load` got. */
  heads: string[];
  /** Its named prompts, of config_sentence_transformers.json. */
  prompts: Readonly<Record<string, string>>;
  /** The one that goes before texts for which none is named; null: none does. Remote: null, whatever the server does. */
  default_prompt_name: string | null;
  pooler: ResolvedPooler | { pooling_type: PoolingType | 'unknown'; normalize: null; source: 'server' };
  /** Values of a token's state. A vector may have others: of a Dense module, or of several pooling types. Remote: 0. */
  hidden_size: number;
  /** Most tokens in one pass of the model, special tokens included. Infinity: a server that does not say it. */
  max_model_len: number;
  /** Most tokens an embedding input may have; Infinity with chunking on and no limit set. */
  max_embed_len: number;
  enable_chunked_processing: boolean;
  /** Whether `dimensions` may be asked for. Remote: false, and the server is asked all the same. */
  is_matryoshka: boolean;
  /** The sizes that may be asked for. Null with `is_matryoshka`: any up to the full one. */
  matryoshka_dimensions: number[] | null;
  /** Most padded tokens in one batch, and most rows. Remote: 0, and most inputs in one request. */
  batch: { tokens: number; rows: number };
  /** Milliseconds of the load, by stage. */
  loadTimings: { files: number; compile: number; check: number; total: number };
  /** Since the load: bytes read back from the GPU, devices lost and re-made. */
  counters: { readBackBytes: number; deviceLosses: number };
}

/** Hugging Face hub, or a mirror with the same paths. */
export interface HubOptions {
  /** Default `https://huggingface.co`. */
  base?: string;
  /** Branch, tag or commit. Default `main`. */
  revision?: string;
}

/**
 * A folder picked by the user, its files from `<input webkitdirectory>`, or (in-process only) a function from path to Response, null for
 * "no such file".
 */
export type ModelFolder = DirectoryHandle | readonly File[] | ((path: string) => Promise<Response | null>);

export interface LoadOptions {
  /** Default `auto`: WebGPU if there is a hardware adapter and the self-check passes, else WASM. Naming one makes its absence an error. */
  device?: 'auto' | Device;
  /** Default: the first that exists of q8, fp32, fp16, q4. */
  dtype?: Dtype;
  /** Where a hub id is looked for, if no folder of that name is beside the page. Default: the hub's `main`. */
  hub?: HubOptions;
  /**
   * Cache the files with the Cache API. Default true. False: every load downloads. What is kept is not asked for again, so a model that changed
   * at its URL needs `LLM.clearCache`, or better, a `hub.revision` that names a commit.
   */
  cache?: boolean;
  /** SHA-256 in hex by path in the model folder. A file that differs is an error and is not kept. */
  integrity?: Readonly<Record<string, string>>;
  /**
   * Extra headers for file requests, for private mirrors. A hub id's folder beside the page is asked without them, and so is a head on
   * another host.
   */
  headers?: Readonly<Record<string, string>>;
  /** Laid over what the model's files say of pooling, key by key, as vLLM's `--override-pooler-config`. */
  overridePoolerConfig?: PoolerConfig;
  /** Laid over config.json, key by key, as vLLM's `--hf-overrides`. */
  hfOverrides?: Readonly<Record<string, unknown>>;
  /**
   * Linear classifiers over this model's embeddings, by a name of yours: `classify(texts, { head })`. Each is a folder with head.json and
   * head.safetensors (docs/heads.md), named as a model is.
   */
  heads?: Readonly<Record<string, string | URL>>;
  /**
   * Most tokens in one pass, special tokens included: lowers the model's own maximum. At least 1; above the model's own: `invalid-option`.
   * Default: that.
   */
  maxModelLen?: number;
  /** The name in error texts. Default: the id, or the last part of the URL. */
  servedModelName?: string;
  /** Compare WebGPU with WASM before trusting it. Default true. False skips the check, and the load is about half as long. */
  selfCheck?: boolean;
  /**
   * WASM threads, at least 1. Default: all of two cores, three quarters of more, at most 4. Without cross-origin isolation, and at the edge, it
   * is 1, whatever is asked for: see `info.threads`.
   */
  threads?: number;
  /** Where the `ort-wasm-*.wasm` files are, for hosts that rename them. A folder URL or path. Default: beside the worker. */
  wasmPath?: string;
  /** Rejects the load with `aborted`, and ends the worker if there is one. Whole parts of files that came before stay in the cache. */
  signal?: AbortSignal;
  /** Called as files come, and at each phase. What it throws is reported as an uncaught error and leaves the load alone. */
  onProgress?: (progress: LoadProgress) => void;
  /** What a caller should know and no call answers. Default: console.info and console.warn. What it throws is reported as an uncaught error. */
  onLog?: (entry: LogEntry) => void;
}

/** What only the main thread's entry takes. */
export interface WorkerOptions {
  /** Makes the worker, for bundlers that do not understand `new Worker(new URL(…))`. Default: the worker beside this module. */
  worker?: () => WebWorker;
  /** Milliseconds a new worker has to answer. Default 30,000. Infinity waits for ever. */
  workerTimeout?: number;
}

export interface CachedModel {
  /** Base URL of the model's folder. */
  model: string;
  /** `path` in that folder; `bytes` that are kept of it. One that is not `complete` goes on where it stopped at the next load. */
  files: { path: string; bytes: number; complete: boolean }[];
  /** Of all files together. */
  bytes: number;
}
