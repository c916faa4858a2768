/// <reference lib="esnext.disposable" preserve="true" />
/** The class that users hold, the same in every realm: vLLM's `LLM` for pooling models. Prompts in, outputs in input order out. */
import { PoolingError } from '../errors.ts';
import type {
  EmbeddingRequestOutput,
  EmbedOptions,
  EmbedStreamOptions,
  EncodeOptions,
  EncodeRequestOutput,
  ModelInfo,
  Prompt,
  PromptInput,
  TokenizeOptions,
  TokenizeOutput,
} from '../types.ts';
import type { PoolRequest, PoolResult, PoolTask } from '../wire/protocol.ts';
import type { Connection } from './connection.ts';
import { embedStream } from './embed-stream.ts';
import { readOptions, type EitherSpelling } from './options.ts';
import { asPoolingParams } from './pooling-params.ts';
import { asPrompts } from './prompts.ts';

const CALL_OPTIONS = ['poolingParams', 'truncatePromptTokens', 'truncationSide', 'signal', 'onProgress'] as const;

export class PoolingLLM {
  readonly #connection: Connection;
  #requests = 0;

  /** Use `LLM.load`. */
  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** What was resolved from the model's files, and how it runs now. */
  get info(): ModelInfo {
    return this.#connection.info;
  }

  /**
   * One embedding a prompt: float32, `hidden_size` values (or `poolingParams.dimensions`), unit length unless the pooler or the request says
   * otherwise. Longer prompts than the model takes are an error, unless `truncatePromptTokens` or chunked processing is on.
   *
   * Throws `invalid-input`, `invalid-option`, `input-too-long`, `unsupported-task`, `non-finite-output`, `aborted`, `disposed`, `worker-crashed`, `runtime-failed`,
   * `device-lost`. One bad prompt fails the call, and nothing of it is computed.
   */
  async embed(prompts: PromptInput, options?: EitherSpelling<EmbedOptions>): Promise<EmbeddingRequestOutput[]> {
    const { result, request_ids } = await this.#pool('embed', prompts, options);
    return rowsOf(result).map(({ data, shape, ids }, i) => ({
      request_id: request_ids[i]!,
      outputs: { embedding: data, hidden_size: shape[1] },
      prompt_token_ids: ids,
      finished: true,
    }));
  }

  /**
   * The model's last hidden states: one row for every token, special tokens included, [tokens, hidden] row-major, as they are. With
   * `poolingParams.normalize` each row has unit length (vLLM's `token_embed`). Errors as `embed`; chunked processing does not apply.
   */
  async encode(prompts: PromptInput, options?: EitherSpelling<EncodeOptions>): Promise<EncodeRequestOutput[]> {
    const { result, request_ids } = await this.#pool('encode', prompts, options);
    return rowsOf(result).map(({ data, shape, ids }, i) => ({
      request_id: request_ids[i]!,
      outputs: { data, shape },
      prompt_token_ids: ids,
      finished: true,
    }));
  }

  /**
   * As `embed`, for more prompts than fit in memory: takes them from any iterable, `window` at a time, and gives outputs in order. The
   * consumer sets the pace; leaving the loop ends the source and aborts what is under way.
   */
  async *embedStream(
    prompts: Iterable<Prompt> | AsyncIterable<Prompt>,
    options?: EitherSpelling<EmbedStreamOptions>,
  ): AsyncGenerator<EmbeddingRequestOutput, void, undefined> {
    const { window = 64, signal, ...rest } = readOptions<EmbedStreamOptions>(options, [...CALL_OPTIONS, 'window'], 'embedStream');
    if (!(Number.isInteger(window) && window >= 1))
      throw new PoolingError('invalid-option', `window must be an integer of at least 1, got ${String(window)}.`);
    if (Array.isArray(rest.poolingParams)) throw new PoolingError('invalid-option', 'embedStream takes one poolingParams for all prompts.');
    yield* embedStream(prompts, window, (group, ended) => this.embed(group, { ...rest, signal: ended }), signal);
  }

  /** Token ids and strings of each prompt, by the model's own tokenizer, never truncated. */
  async tokenize(prompts: PromptInput, options?: EitherSpelling<TokenizeOptions>): Promise<TokenizeOutput[]> {
    const { addSpecialTokens = true, signal } = readOptions<TokenizeOptions>(options, ['addSpecialTokens', 'signal'], 'tokenize');
    const request = { prompts: asPrompts(prompts), addSpecialTokens };
    return this.#connection.call((engine, id) => engine.tokenize(id, request), { signal });
  }

  /** Frees the model, the device and the worker. Calls under way reject with `disposed`, and so does every later one. Idempotent. */
  dispose(): Promise<void> {
    return this.#connection.dispose();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  async #pool(task: PoolTask, input: PromptInput, given: EitherSpelling<EncodeOptions> | undefined) {
    const { signal, onProgress, ...options } = readOptions<EncodeOptions>(given, CALL_OPTIONS, task);
    const prompts = asPrompts(input);
    const { truncatePromptTokens = null, truncationSide = 'right' } = options;
    if (truncationSide !== 'left' && truncationSide !== 'right') {
      throw new PoolingError('invalid-option', `truncationSide must be "left" or "right", got ${JSON.stringify(truncationSide)}.`);
    }
    const params = asPoolingParams(options.poolingParams, prompts.length, task);
    const request: PoolRequest = { task, prompts, params, truncatePromptTokens, truncationSide };
    const request_ids = prompts.map(() => String(this.#requests++));
    const result = await this.#connection.call((engine, id) => engine.pool(id, request), { signal, onProgress });
    return { result, request_ids };
  }
}

/** Each output with buffers of its own: a view would keep all others alive, and be cut off when one of them is transferred on. */
function rowsOf({ data, shapes, ids, idCounts }: PoolResult): { data: Float32Array; shape: [number, number]; ids: Int32Array }[] {
  if (shapes.length === 1) return [{ data, shape: shapes[0]!, ids }];
  let row = 0;
  let id = 0;
  return shapes.map((shape, i) => ({
    shape,
    data: data.slice(row, (row += shape[0] * shape[1])),
    ids: ids.slice(id, (id += idCounts[i]!)),
  }));
}
