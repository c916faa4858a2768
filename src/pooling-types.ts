/** What a task, a pooler and a request's parameters are called, in vLLM's words. Imports nothing. */

/**
 * Pooling types, in vLLM's spelling; MAX, MEAN_SQRT_LEN and WEIGHTEDMEAN, which vLLM lacks, in Sentence-Transformers'. Case-sensitive.
 * ALL and STEP give a row for each token, or for each step of a reasoning; the others give one for the text.
 */
export type PoolingType = 'CLS' | 'LAST' | 'MEAN' | 'MAX' | 'MEAN_SQRT_LEN' | 'WEIGHTEDMEAN' | 'ALL' | 'STEP';

/**
 * Weight formats, named as in transformers.js; each stands for a file name suffix (`fp32` is `onnx/model.onnx`, `q8` is
 * `onnx/model_quantized.onnx`).
 */
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
  /**
   * `embed`, `tokenEmbed`; `encode` and `score` of embedding models. Matryoshka: keep the first `dimensions` values, then normalise. Only
   * for models that declare it. Unset: all.
   */
  dimensions?: number | null;
  /** `embed`, `tokenEmbed`; `encode` and `score` of embedding models. L2-normalise. Default: as the pooler says, for `encode` false. */
  normalize?: boolean | null;
  /** `classify`, `tokenClassify`, `score`. Sigmoid or softmax, as the model's files say; false gives the logits. Default true. */
  activation?: boolean | null;
  /** `encode` and `reward`: the same switch, in vLLM 0.10's name. */
  softmax?: boolean | null;
  /** Newer vLLM's one name for `normalize`, `activation` and `softmax`. */
  use_activation?: boolean | null;
  /**
   * `tokenEmbed`: late chunking. The model reads the text once, and each chunk has one row, the mean of its tokens' states, in place of a row
   * for each token. Chunks of so many tokens, special tokens included (vLLM's); or, of rockpool alone, those that begin in [start, end) of the
   * prompt, in UTF-16 code units. `outputs.offsets` are the chunks' then. Unset: no chunks.
   */
  late_chunking_params?: LateChunkingParams | null;
  /** `encode` and `reward` of a model that is pooled by STEP: only the rows of tokens with this id. */
  step_tag_id?: number | null;
  /** The same: only these columns, in this order. */
  returned_token_ids?: readonly number[] | null;
}

export type LateChunkingParams = { chunk_size: number } | { char_ranges: readonly (readonly [start: number, end: number])[] };
