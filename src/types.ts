/** Every public type: those of calls here, the others by name. Both sides of the worker boundary use them. */
import type { PoolingParams, PoolTask } from './pooling-types.ts';

export type * from './load-types.ts';
export type * from './pooling-types.ts';

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

export interface CallOptions {
  /** Rejects the call at once with `aborted`. The batch that is under way is its last. */
  signal?: AbortSignal;
  /** Called after each batch. What it throws is reported as an uncaught error and leaves the call alone. */
  onProgress?: (progress: CallProgress) => void;
}

/** What a call may take of an engine that others use too. */
export interface LimitOptions {
  /** Lower is computed earlier, whoever waits for longer, as in vLLM. Any integer. Default 0. */
  priority?: number;
  /** `too-many-tokens` if the call's prompts have more tokens in all, special tokens included, before anything is computed. Default: no limit. */
  maxTotalTokens?: number;
}

/** What every task takes. */
export interface PoolOptions extends CallOptions, LimitOptions {
  /** One for all prompts, or a list as long as the prompts. */
  poolingParams?: PoolingParams | readonly PoolingParams[];
  /**
   * Null: a prompt that is too long is `input-too-long`. -1 and below: cut to the model's maximum. n: cut to n tokens, special tokens included,
   * which are kept. Above `info.max_model_len`, and without room for a token beside the special ones, `invalid-option`. Default null.
   */
  truncatePromptTokens?: number | null;
  /** Which end is cut away. Default `right`: the first tokens are kept. Token-id prompts follow it too. */
  truncationSide?: 'left' | 'right';
  /** Add [CLS], [SEP], BOS, EOS to text prompts as the model's tokenizer does. Default true. False: for texts that carry them, as chats do. */
  addSpecialTokens?: boolean;
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

export interface ScoreOptions extends Omit<PoolOptions, 'poolingParams' | 'addSpecialTokens'> {
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
  /** Further variables of the template. */
  chatTemplateKwargs?: Readonly<Record<string, unknown>>;
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
  /** `too-many-tokens` if the prompts have more tokens in all. Default: no limit. */
  maxTotalTokens?: number;
  /** Rejects the call at once with `aborted`. */
  signal?: AbortSignal;
}

/** As OpenAI's chats have it. Further fields are handed to the template as they are. */
export interface ChatMessage {
  role: string;
  /** Parts are joined by line ends. Only texts: an image is `invalid-input`. None: an empty text, as of a message that only calls tools. */
  content?: string | readonly { type: 'text'; text: string }[] | null;
  [field: string]: unknown;
}

/** In the names of transformers' `apply_chat_template`. */
export interface ChatOptions {
  /** Jinja source. Default: the model's own, of chat_template.jinja or tokenizer_config.json. */
  chatTemplate?: string;
  /** End with what opens the assistant's answer. Default false. */
  addGenerationPrompt?: boolean;
  /** End with the last message's last word, so that a model would go on with it. Default false. */
  continueFinalMessage?: boolean;
  /** Further variables of the template. */
  chatTemplateKwargs?: Readonly<Record<string, unknown>>;
  /** What the template lists as tools. Default: none. */
  tools?: readonly unknown[];
  /** Rejects the call at once with `aborted`. */
  signal?: AbortSignal;
}

/** vLLM's RequestOutput of a pooling request. */
export interface PoolingRequestOutput<Outputs> {
  /** Decimal counter, unique in this LLM. */
  request_id: string;
  outputs: Outputs;
  /** The ids the model saw, special tokens included. Remote: empty, since servers do not tell them. */
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
   * for special tokens. With `late_chunking_params`: of each chunk. Null without either, for prompts that were token ids, and where the
   * tokenizer's way through the text cannot be followed for sure.
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
