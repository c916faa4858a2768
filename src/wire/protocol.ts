/**
 * What crosses between the facade and the engine, as types only. Both sides know this file; neither knows the other.
 *
 * Copied: options and short texts. Transferred: long texts, and the buffers of results. Errors are values, since comlink keeps only the
 * message of a thrown one. Events (progress, log, info) go one way beside comlink's messages and in order with them, tagged with the id of
 * their call.
 */
import type { DirectoryHandle } from '../dom-types.ts';
import type { ErrorCode } from '../errors.ts';
import type {
  CallProgress,
  ChatMessage,
  Device,
  Dtype,
  LoadProgress,
  LogEntry,
  ModelInfo,
  PoolerConfig,
  PoolingParams,
  PoolTask,
  Prompt,
  TokenizeOutput,
} from '../types.ts';

/** Where a model's files are, resolved to absolute URLs by the caller's realm. */
export type SourceDescription =
  /** One folder at a URL. */
  | { kind: 'url'; base: string }
  /** `org/name`: the folder at `local` if it has a config.json, else the hub. */
  | { kind: 'hub'; id: string; local: string | null; base: string; revision: string }
  | { kind: 'directory'; handle: DirectoryHandle }
  | { kind: 'files'; files: readonly File[] }
  /** In-process only: a function cannot cross to a worker. `key` names it in the cache and in messages. */
  | { kind: 'function'; key: string; read: (path: string) => Promise<Response | null> };

export interface LoadRequest {
  source: SourceDescription;
  /** The source's own, by which the templates of known rerankers are found. */
  name: string;
  /** The name in error texts, if it is another. */
  servedModelName: string | null;
  device: 'auto' | Device;
  dtype: Dtype | null;
  cache: boolean;
  integrity: Readonly<Record<string, string>>;
  headers: Readonly<Record<string, string>>;
  overridePoolerConfig: PoolerConfig;
  hfOverrides: Readonly<Record<string, unknown>>;
  heads: Readonly<Record<string, SourceDescription>>;
  maxModelLen: number | null;
  selfCheck: boolean;
  threads: number | null;
  wasmPath: string | null;
}

/** A long text crosses in parts of UTF-8 that are transferred, cut between characters. Whoever reads them may free them. */
export type WirePrompt = Prompt | { prompt_utf8: readonly Uint8Array<ArrayBuffer>[] };

/** What a call may take of the engine's time. */
export interface WireLimits {
  /** Lower goes first. */
  priority: number;
  /** Most tokens of all its prompts. Null: no limit. */
  maxTotalTokens: number | null;
}

/** As the caller gave it, defaults filled in: ranges and kinds are checked by the engine, off the main thread. */
export interface PoolRequest extends WireLimits {
  task: PoolTask;
  prompts: readonly WirePrompt[];
  /** One for all, or one a prompt. */
  params: PoolingParams | readonly PoolingParams[];
  truncatePromptTokens: number | null;
  truncationSide: 'left' | 'right';
  promptName: string | null;
  prompt: string | null;
  /** `classify`: which head. Null: the model's own, or the only one. */
  head: string | null;
  addSpecialTokens: boolean;
  offsets: boolean;
}

/** Outputs of a whole call in flat buffers, so that a thousand results cross as three transfers. */
export interface PoolResult {
  /** Rows of all outputs, one after the other. */
  data: Float32Array;
  /** [rows, dimensions] of each output. */
  shapes: [number, number][];
  /** Token ids of all prompts, one after the other, and how many each has. */
  ids: Int32Array;
  idCounts: number[];
  /** Names of the columns, if they are classes that have names. */
  labels: readonly string[] | null;
  /** Of each prompt, two numbers a token, or null; empty if they were not asked for. */
  offsets: (Int32Array | null)[];
}

export interface ScoreRequest extends WireLimits {
  /** Either one for all documents, or as many as there are documents. */
  queries: readonly WirePrompt[];
  documents: readonly WirePrompt[];
  /** One for all pairs. */
  params: PoolingParams;
  truncatePromptTokens: number | null;
  truncationSide: 'left' | 'right';
  /** Null or 0: no limit. */
  maxTokensPerQuery: number | null;
  maxTokensPerDoc: number | null;
  /** Embedding models. Null: the default; empty: none. */
  queryPromptName: string | null;
  documentPromptName: string | null;
  instruction: string | null;
  chatTemplate: string | null;
  chatTemplateKwargs: Readonly<Record<string, unknown>>;
  longDocuments: 'max' | 'mean' | null;
}

export interface ScoreResult {
  /** One a document. */
  scores: Float32Array;
  /** What the model saw for each pair, one after the other: the pair, or the query's ids and the document's. */
  ids: Int32Array;
  idCounts: number[];
}

export interface TokenizeRequest extends Pick<WireLimits, 'maxTotalTokens'> {
  prompts: readonly WirePrompt[];
  addSpecialTokens: boolean;
  offsets: boolean;
}

export interface ChatRequest {
  messages: readonly ChatMessage[];
  /** Jinja source. Null: the model's own. */
  chatTemplate: string | null;
  addGenerationPrompt: boolean;
  continueFinalMessage: boolean;
  /** Further variables of the template. */
  chatTemplateKwargs: Readonly<Record<string, unknown>>;
  tools: readonly unknown[] | null;
}

export interface WireError {
  code: ErrorCode;
  message: string;
  /** The cause's own text: objects do not cross. */
  cause: string | null;
  /** The engine's realm is beyond repair: the facade ends the worker. */
  fatal: boolean;
}

export type WireResult<T> = { ok: true; value: T } | { ok: false; error: WireError };

export type EngineEvent =
  | { kind: 'load-progress'; call: number; progress: LoadProgress }
  | { kind: 'call-progress'; call: number; progress: CallProgress }
  | { kind: 'log'; entry: LogEntry }
  | { kind: 'info'; info: ModelInfo };

/**
 * First message of a worker: it listens from now on (what is sent before is lost), and holds `lock`, a Web Lock, until it is gone, however it
 * goes. Null where there are no locks.
 */
export interface WorkerReady {
  kind: 'ready';
  lock: string | null;
}

/** The engine as the facade sees it. `call` is chosen by the facade and names the call in events and in `cancel`. */
export interface EngineApi {
  load(call: number, request: LoadRequest): Promise<WireResult<ModelInfo>>;
  pool(call: number, request: PoolRequest): Promise<WireResult<PoolResult>>;
  score(call: number, request: ScoreRequest): Promise<WireResult<ScoreResult>>;
  tokenize(call: number, request: TokenizeRequest): Promise<WireResult<TokenizeOutput[]>>;
  detokenize(call: number, ids: ArrayLike<number>): Promise<WireResult<string>>;
  applyChatTemplate(call: number, request: ChatRequest): Promise<WireResult<string>>;
  /** Ends a call as soon as the batch in flight is done. Unknown ids are ignored: the call may just have ended. */
  cancel(call: number): Promise<void>;
  dispose(): Promise<void>;
}
