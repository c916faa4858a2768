/** Every public type. Imports nothing, so that both sides of the worker boundary and the adapters can use it. */

/**
 * Pooling types, in vLLM's spelling; MAX, MEAN_SQRT_LEN and WEIGHTEDMEAN, which vLLM lacks, in Sentence-Transformers'. Case-sensitive.
 * ALL and STEP give a row for each token, or for each step of a reasoning; the others give one for the text.
 */
export type PoolingType = 'CLS' | 'LAST' | 'MEAN' | 'MAX' | 'MEAN_SQRT_LEN' | 'WEIGHTEDMEAN' | 'ALL' | 'STEP';

/** Weight formats, named as in transformers.js; each stands for a file name suffix (`fp32` is `onnx/model.onnx`, `q8` is `onnx/model_quantized.onnx`). */
export type Dtype = 'fp32' | 'fp16' | 'q8' | 'int8' | 'uint8' | 'q4' | 'bnb4' | 'q4f16' | 'q2' | 'q2f16' | 'q1' | 'q1f16';

export type Device = 'webgpu' | 'wasm';

/** What can be asked of a model, in vLLM's names. */
export type PoolTask = 'embed' | 'encode' | 'token_embed' | 'classify' | 'token_classify' | 'reward';
export type Task = PoolTask | 'score';

/** vLLM's pooler configuration, key for key, so that one written for `vllm serve` can be pasted. Null and undefined mean "not set". */
export interface PoolerConfig {
  /** The one task that the model is to serve. Unset: all that its files allow. */
  task?: Task | null;
  /** How token states become one vector. Unset: modules.json, then the architecture's default, then LAST. */
  pooling_type?: PoolingType | null;
  /** Newer vLLM's name for `pooling_type` of an embedding or a classification. */
  seq_pooling_type?: Exclude<PoolingType, 'ALL' | 'STEP'> | null;
  /** Newer vLLM's name for `pooling_type` where each token has a row. */
  tok_pooling_type?: 'ALL' | 'STEP' | null;
  /** L2-normalise embeddings. Unset: true, unless modules.json has a Pooling module and no Normalize module behind it. */
  normalize?: boolean | null;
  /** Sigmoid or softmax over the logits of `classify` and `score`. Unset: true, but for models that are known to want none. */
  activation?: boolean | null;
  /** Sigmoid or softmax over the rows of `reward`. Unset: as the model's class has it. */
  softmax?: boolean | null;
  /** Newer vLLM's one name for `normalize`, `activation` and `softmax`. */
  use_activation?: boolean | null;
  /** Matryoshka dimension for requests that name none. Unset: the full size. */
  dimensions?: number | null;
  /** STEP: the token at the end of each step, whose rows are kept. Unset: the one of the model's class, or all rows. */
  step_tag_id?: number | null;
  /** STEP: the columns that are kept of each row, in this order. Unset: all. */
  returned_token_ids?: readonly number[] | null;
  /** Logits x of a classification become (x - logit_mean) / logit_sigma before the activation. Unset: config.json, then 0 and 1. */
  logit_mean?: number | null;
  logit_sigma?: number | null;
  /** Cut embedding inputs longer than the model into chunks and average them. Default false. */
  enable_chunked_processing?: boolean | null;
  /** Most tokens an embedding input may have, specials included. Unset: no limit with chunking on, the model's maximum without. */
  max_embed_len?: number | null;
  /** Taken, and without effect: it chooses where vLLM's server computes MaxSim, not what comes out. */
  enable_flash_late_interaction?: boolean | null;
}

/**
 * Parameters of one request, vLLM's `PoolingParams`. A parameter of another task is an error. Null and undefined: what the pooler's configuration
 * says, then the default of the task.
 */
export interface PoolingParams {
  /** `embed`, `tokenEmbed`; `encode` and `score` of embedding models. Matryoshka: keep the first `dimensions` values, then normalise. Only for models that declare it. Unset: all. */
  dimensions?: number | null;
  /** `embed`, `tokenEmbed`; `encode` and `score` of embedding models. L2-normalise. Default: as the pooler says, for `encode` false. */
  normalize?: boolean | null;
  /** `classify`, `tokenClassify`, `score`. Sigmoid or softmax, as the model's files say; false gives the logits. Default true. */
  activation?: boolean | null;
  /** `encode` and `reward`: the same switch, in vLLM 0.10's name. */
  softmax?: boolean | null;
  /** Newer vLLM's one name for `normalize`, `activation` and `softmax`. */
  use_activation?: boolean | null;
  /** `encode` and `reward` of a model that is pooled by STEP: only the rows of tokens with this id. */
  step_tag_id?: number | null;
  /** The same: only these columns, in this order. */
  returned_token_ids?: readonly number[] | null;
}

/** One prompt: text, a text object, or token ids (used as they are: no special tokens are added). */
export type Prompt = string | { prompt: string } | { prompt_token_ids: ArrayLike<number> };

/** One prompt, one list of token ids, or a list of prompts or of id lists. */
export type PromptInput = Prompt | readonly number[] | readonly (Prompt | readonly number[])[];

/** Where the time of a call went, in milliseconds, summed over its batches. Stages of other callers that shared a batch are counted in full. */
export interface Timings {
  /** Text to token ids. */
  tokenize: number;
  /** Waiting for the device, behind other calls. */
  queue: number;
  /** The model itself. On WebGPU this is the time to submit; the GPU's work is waited for in `pool`. */
  infer: number;
  /** Pooling, normalising and reading back. */
  pool: number;
  /** First token to last vector, as the engine saw it. */
  total: number;
}

export interface CallProgress {
  /** Windows that are finished, and in all: a text is one, a long text one for each chunk. */
  done: number;
  total: number;
  /** Tokens computed so far, padding not counted. */
  tokens: number;
  timings: Timings;
}

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

export interface CallOptions {
  /** Rejects the call at once with `aborted`. The batch that is under way is its last. */
  signal?: AbortSignal;
  /** Called after each batch. What it throws is reported as an uncaught error and leaves the call alone. */
  onProgress?: (progress: CallProgress) => void;
}

/** What every task takes. */
export interface PoolOptions extends CallOptions {
  /** One for all prompts, or a list as long as the prompts. */
  poolingParams?: PoolingParams | readonly PoolingParams[];
  /** Null: a prompt that is too long is an error. -1 and below: cut to the model's maximum. n: cut to n tokens, specials included (they are kept). */
  truncatePromptTokens?: number | null;
  /** Which end is cut away. Default `right`: the first tokens are kept. Token-id prompts follow it too. */
  truncationSide?: 'left' | 'right';
}

/** The text that goes before every prompt that is text, as Sentence-Transformers' `encode` has it. */
export interface PromptOptions {
  /** A key of `info.prompts`: of the `prompts` in config_sentence_transformers.json. Default: its `default_prompt_name`, if it has one. */
  promptName?: string;
  /** The text itself. Wins over `promptName`; '' is none. */
  prompt?: string;
}

export type EmbedOptions = PoolOptions & PromptOptions;

export interface TokenOptions extends EmbedOptions {
  /** Answer `outputs.offsets` too: where in the prompt each row's token stands. Default false; `tokenClassify`: true. */
  returnOffsets?: boolean;
}

export interface EncodeOptions extends TokenOptions {
  /** vLLM's name for what to answer. Default `encode`; `embed`, `classify` and the others are what the methods of that name compute. */
  poolingTask?: PoolTask;
}

export interface ClassifyOptions extends PoolOptions, PromptOptions {
  /** One of the heads that `LLM.load` got. Default: the model's own, or else the only one. */
  head?: string;
}

export interface ScoreOptions extends Omit<PoolOptions, 'poolingParams'> {
  /** One for all pairs. */
  poolingParams?: PoolingParams;
  /** Cut each query to so many tokens first, special tokens not counted: fewer than `info.max_model_len`. 0 or unset: no limit. */
  maxTokensPerQuery?: number;
  /** The same for documents. */
  maxTokensPerDoc?: number;
  /**
   * Embedding models: the prompt that goes before each query and each document, a key of `info.prompts` (or an adapter's name). Default: the model's
   * `default_prompt_name`, if it has one; '' is none. An error for cross-encoders.
   */
  queryPromptName?: string;
  documentPromptName?: string;
  /** For rerankers with a template that has one: what "relevant" means. Unset: the template's own default. */
  instruction?: string;
  /** Jinja source that makes one prompt of a pair, or the name of a template that rockpool comes with. Default: the model's own, if it is known. */
  chatTemplate?: string;
  /**
   * Cross-encoders: a pair that is too long is cut into pairs of the query with one part of the document each, and their scores are joined by
   * this. Unset: such a pair is an error, or cut by `truncatePromptTokens`.
   */
  longDocuments?: 'max' | 'mean';
}

export interface RerankOptions extends ScoreOptions {
  /** Answer the best so many. 0 or unset: all. */
  topN?: number;
}

export interface EmbedStreamOptions extends Omit<EmbedOptions, 'poolingParams'> {
  /** One for all prompts. */
  poolingParams?: PoolingParams;
  /** Prompts taken from the source at a time. 1: lowest latency. Larger: better batches, more memory. Default 64. */
  window?: number;
}

export interface TokenizeOptions {
  /** Add [CLS], [SEP], BOS, EOS as the model's tokenizer does. Default true. */
  addSpecialTokens?: boolean;
  /** Answer `offsets` too. Default false. */
  returnOffsets?: boolean;
  /** Rejects the call at once with `aborted`. */
  signal?: AbortSignal;
}

/** vLLM's RequestOutput of a pooling request. */
export interface PoolingRequestOutput<Outputs> {
  /** Decimal counter, unique in this LLM. */
  request_id: string;
  outputs: Outputs;
  /** The ids the model saw, special tokens included. */
  prompt_token_ids: Int32Array;
  finished: true;
}

export interface EmbeddingOutput {
  /** float32. Its buffer is its own. */
  embedding: Float32Array;
  /** Values of this embedding: vLLM's name for it, whatever the size of the model's states. */
  hidden_size: number;
}

export interface PoolingOutput {
  /** float32, row-major. */
  data: Float32Array;
  /** [rows, columns]: a row for each token (ALL) or step (STEP), or one for the text. */
  shape: [number, number];
  /**
   * With `returnOffsets`: [start, end) in the prompt for each of `prompt_token_ids`, flat, in UTF-16 code units as `slice` takes them. [0, 0]
   * for special tokens. Null without, for prompts that were token ids, and where the tokenizer's way through the text cannot be followed for sure.
   */
  offsets: Int32Array | null;
}

export interface ClassificationOutput {
  /** float32, one for each class; logits with `activation: false`. */
  probs: Float32Array;
  num_classes: number;
  /** Of the most probable class, by config.json's `id2label`; null if it has none. */
  label: string | null;
}

export interface TokenClassificationOutput extends PoolingOutput {
  /** The most probable class of each row; null if config.json has no `id2label`. */
  labels: string[] | null;
}

export interface ScoringOutput {
  /** Higher is more relevant. Cosine, MaxSim, or what the cross-encoder's activation gives. */
  score: number;
}

export interface RerankResult {
  /** Of the document in the list that was given. */
  index: number;
  relevance_score: number;
  /** As it was given. */
  document: Prompt;
}

export type EmbeddingRequestOutput = PoolingRequestOutput<EmbeddingOutput>;
export type EncodeRequestOutput = PoolingRequestOutput<PoolingOutput>;
export type ClassificationRequestOutput = PoolingRequestOutput<ClassificationOutput>;
export type TokenClassificationRequestOutput = PoolingRequestOutput<TokenClassificationOutput>;
export type ScoringRequestOutput = PoolingRequestOutput<ScoringOutput>;

export interface TokenizeOutput {
  /** Of `tokens`. */
  count: number;
  /** As in `ModelInfo`. */
  max_model_len: number;
  /** Ids. */
  tokens: number[];
  /** Each token as the vocabulary writes it: `##ing`, `Ġthe`, `▁the`. '' for an id that is not in it. */
  token_strs: string[];
  /** As in `PoolingOutput`. */
  offsets: Int32Array | null;
}

/** What was resolved and how it runs. Changes when the device does: read it again after a call. */
export interface ModelInfo {
  /** The name used in error texts: the last part of the URL, or the hub id. */
  model: string;
  device: Device;
  /** The GPU's own description, or null on WASM. */
  adapter: string | null;
  /** Why WASM is used although WebGPU was possible or wished for; null if nothing was given up. */
  fallback: string | null;
  /** Cosine between WebGPU and WASM on the probe text; null if it was not checked. */
  selfCheck: number | null;
  dtype: Dtype;
  /** WASM threads. 1 without cross-origin isolation. */
  threads: number;
  architecture: string;
  /** What this model can be asked for. */
  tasks: Task[];
  /** Names of its classes, of config.json's `id2label`; null if it has none. */
  labels: string[] | null;
  /** Names of the heads that `LLM.load` got. */
  heads: string[];
  /** Its named prompts, of config_sentence_transformers.json. */
  prompts: Readonly<Record<string, string>>;
  /** How token states become one vector. `source` says who chose the type: `overridePoolerConfig`, the model's modules.json, or its class. */
  pooler: { pooling_type: PoolingType; normalize: boolean; source: 'override' | 'modules.json' | 'architecture' };
  /** Values of a token's state. A vector may have others: of a Dense module, or of several pooling types. */
  hidden_size: number;
  /** Most tokens in one pass of the model, special tokens included. */
  max_model_len: number;
  /** Most tokens an embedding input may have; Infinity with chunking on and no limit set. */
  max_embed_len: number;
  enable_chunked_processing: boolean;
  /** Whether `dimensions` may be asked for. */
  is_matryoshka: boolean;
  /** The sizes that may be asked for. Null with `is_matryoshka`: any up to the full one. */
  matryoshka_dimensions: number[] | null;
  /** Most padded tokens in one batch, and most rows. */
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

/** A folder picked by the user, its files from `<input webkitdirectory>`, or (in-process only) a function from path to Response, null for "no such file". */
export type ModelFolder = FileSystemDirectoryHandle | readonly File[] | ((path: string) => Promise<Response | null>);

export interface LoadOptions {
  /** Default `auto`: WebGPU if there is a hardware adapter and the self-check passes, else WASM. Naming one makes its absence an error. */
  device?: 'auto' | Device;
  /** Default: the first that exists of q8, fp32, fp16, q4. */
  dtype?: Dtype;
  hub?: HubOptions;
  /**
   * Cache the files with the Cache API. Default true. False: every load downloads. What is kept is not asked for again, so a model that changed
   * at its URL needs `LLM.clearCache`, or better, a `hub.revision` that names a commit.
   */
  cache?: boolean;
  /** SHA-256 in hex by path in the model folder. A file that differs is an error and is not kept. */
  integrity?: Readonly<Record<string, string>>;
  /** Extra headers for file requests, for private mirrors. A hub id's folder beside the page is asked without them. */
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
  /** Lower the model's maximum length. Above the derived one: an error. */
  maxModelLen?: number;
  /** The name in error texts. Default: the id, or the last part of the URL. */
  servedModelName?: string;
  /** Compare WebGPU with WASM before trusting it. Default true. False skips the check, and the load is about half as long. */
  selfCheck?: boolean;
  /** WASM threads. Default: all of two cores, three quarters of more, at most 4, if the page is cross-origin isolated; else 1. Always 1 at the edge. */
  threads?: number;
  /** Where the `ort-wasm-*.wasm` files are, for hosts that rename them. A folder URL or path. Default: beside the worker. */
  wasmPath?: string;
  /** Rejects the load with `aborted`, and ends the worker if there is one. Whole parts of files that came before stay in the cache. */
  signal?: AbortSignal;
  /** Called as files come, and at each phase. What it throws is reported as an uncaught error and leaves the load alone. */
  onProgress?: (progress: LoadProgress) => void;
  /** Default: console.info and console.warn. */
  onLog?: (entry: LogEntry) => void;
}

/** What only the main thread's entry takes. */
export interface WorkerOptions {
  /** Makes the worker, for bundlers that do not understand `new Worker(new URL(…))`. Default: the worker beside this module. */
  worker?: () => Worker;
  /** Milliseconds a new worker has to answer. Default 30,000. Infinity waits for ever. */
  workerTimeout?: number;
}

export interface CachedModel {
  /** Base URL of the model's folder. */
  model: string;
  files: { path: string; bytes: number; complete: boolean }[];
  bytes: number;
}
