/// <reference lib="esnext.disposable" preserve="true" />
/** The class that users hold, the same in every realm: vLLM's `LLM` for pooling models. Prompts in, outputs in input order out. */
import { PoolingError } from '../errors.ts';
import type {
  ChatMessage,
  ChatOptions,
  ClassificationRequestOutput,
  ClassifyOptions,
  EmbeddingRequestOutput,
  EmbedOptions,
  EmbedStreamOptions,
  EncodeOptions,
  EncodeRequestOutput,
  ModelInfo,
  PoolOptions,
  PoolTask,
  Prompt,
  PromptInput,
  RerankOptions,
  RerankResult,
  ScoreOptions,
  ScoringRequestOutput,
  TokenClassificationRequestOutput,
  TokenizeOptions,
  TokenizeOutput,
  TokenOptions,
} from '../types.ts';
import type { ChatRequest } from '../wire/protocol.ts';
import type { Connection } from './connection.ts';
import { embedStream } from './embed-stream.ts';
import { readOptions, type EitherSpelling } from './options.ts';
import { classificationOf, embeddingOf, outputsOf, poolingOf, tokenClassesOf, type Pooled } from './outputs.ts';
import { CHAT_OPTIONS, OPTIONS_OF, poolRequest, RERANK_OPTIONS } from './pool-request.ts';
import { asPrompt, asPrompts } from './prompts.ts';
import { ranked } from './rerank.ts';
import { scoreRequest } from './score-request.ts';

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
   * One embedding a prompt: float32, of the model's own size or `poolingParams.dimensions`, unit length unless the pooler or the request says
   * otherwise. Longer prompts than the model takes are an error, unless `truncatePromptTokens` or chunked processing is on.
   *
   * Throws `invalid-input`, `invalid-option`, `input-too-long`, `unsupported-task`, `non-finite-output`, `aborted`, `disposed`,
   * `worker-crashed`, `runtime-failed`,
   * `device-lost`, with `maxTotalTokens` also `too-many-tokens`. One bad prompt fails the call, and nothing of it is computed.
   */
  embed(prompts: PromptInput, options?: EitherSpelling<EmbedOptions>): Promise<EmbeddingRequestOutput[]> {
    return this.#pool('embed', prompts, options, embeddingOf);
  }

  /**
   * The rows of each prompt as the model gives them: its last hidden states, one for every token, special tokens included; of a reward model its
   * rewards; of a model that is pooled by STEP the rows of its steps. [rows, columns] row-major. `poolingTask` asks for what another method
   * computes, in this shape. Errors as `embed`; chunked processing does not apply.
   */
  async encode(prompts: PromptInput, options?: EitherSpelling<EncodeOptions>): Promise<EncodeRequestOutput[]> {
    const { poolingTask = 'encode', ...rest } = readOptions<EncodeOptions>(options, OPTIONS_OF.encode, 'encode');
    if (!Object.hasOwn(OPTIONS_OF, poolingTask)) {
      throw new PoolingError('invalid-option', `pooling_task must be one of [${Object.keys(OPTIONS_OF).join(', ')}].`);
    }
    return this.#pool(poolingTask, prompts, rest, poolingOf);
  }

  /** Of late-interaction and other embedding models: one vector for every token, of unit length. [tokens, dimensions]. Errors as `embed`. */
  tokenEmbed(prompts: PromptInput, options?: EitherSpelling<TokenOptions>): Promise<EncodeRequestOutput[]> {
    return this.#pool('token_embed', prompts, options, poolingOf);
  }

  /**
   * One probability a class: softmax over classes, or sigmoid of each where there is one or several may hold, as the model's files say. With
   * `head`, a linear classifier over this model's embeddings. Errors as `embed`.
   */
  classify(prompts: PromptInput, options?: EitherSpelling<ClassifyOptions>): Promise<ClassificationRequestOutput[]> {
    return this.#pool('classify', prompts, options, classificationOf);
  }

  /**
   * Probabilities for every token, special tokens included, with the place of each in the prompt: named entities and the like.
   * [tokens, classes] row-major. Errors as `embed`.
   */
  tokenClassify(prompts: PromptInput, options?: EitherSpelling<TokenOptions>): Promise<TokenClassificationRequestOutput[]> {
    return this.#pool('token_classify', prompts, options, tokenClassesOf);
  }

  /**
   * Of reward models: one row of rewards a token or step, or one for the text; not activated where the model is trained so. [rows, columns]
   * row-major. Errors as `embed`.
   */
  reward(prompts: PromptInput, options?: EitherSpelling<PoolOptions>): Promise<EncodeRequestOutput[]> {
    return this.#pool('reward', prompts, options, poolingOf);
  }

  /**
   * One score a pair of texts: one query for all documents (1:1, 1:N), or one each (N:N). A cross-encoder reads both at once; embedding models
   * compare vectors: cosine, or MaxSim for late interaction. Errors as `embed`.
   */
  async score(queries: PromptInput, documents: PromptInput, options?: EitherSpelling<ScoreOptions>): Promise<ScoringRequestOutput[]> {
    const { request, hooks } = scoreRequest(queries, documents, options);
    const { scores, ids, idCounts } = await this.#connection.call((engine, id) => engine.score(id, request), hooks);
    return outputsOf({ data: scores, shapes: idCounts.map(() => [1, 1]), ids, idCounts, labels: null, offsets: [] }, () =>
      this.#nextId(),
    ).map(({ pooled, ...rest }) => ({ ...rest, outputs: { score: pooled.data[0]! } }));
  }

  /** The documents by their score for the query, best first; equals keep their order. Options and errors as `score`. */
  async rerank(query: Prompt, documents: PromptInput, options?: EitherSpelling<RerankOptions>): Promise<RerankResult[]> {
    const { topN = 0, ...rest } = readOptions<RerankOptions>(options, RERANK_OPTIONS, 'rerank');
    atLeast(0, 'topN', topN);
    const list = asPrompts(documents);
    return ranked(list, await this.score([asPrompt(query)], list, rest), topN);
  }

  /**
   * As `embed`, for more prompts than fit in memory: takes them from any iterable, `window` at a time, and gives outputs in order. The
   * consumer sets the pace; leaving the loop ends the source and aborts what is under way. Errors as `embed`, thrown into the loop once the
   * outputs of the groups before are taken; an error of the source as it is.
   */
  async *embedStream(
    prompts: Iterable<Prompt> | AsyncIterable<Prompt>,
    options?: EitherSpelling<EmbedStreamOptions>,
  ): AsyncGenerator<EmbeddingRequestOutput, void, undefined> {
    const { window = 64, signal, ...rest } = readOptions<EmbedStreamOptions>(options, [...OPTIONS_OF.embed, 'window'], 'embedStream');
    atLeast(1, 'window', window);
    if (Array.isArray(rest.poolingParams)) throw new PoolingError('invalid-option', 'embedStream takes one poolingParams for all prompts.');
    yield* embedStream(prompts, window, (group, ended) => this.embed(group, { ...rest, signal: ended }), signal);
  }

  /**
   * Token ids and strings of each prompt, by the model's own tokenizer, never truncated: one that is too long for the model is no error here.
   * Throws `invalid-input`, `invalid-option`, `aborted`, `disposed`, `worker-crashed`.
   */
  async tokenize(prompts: PromptInput, options?: EitherSpelling<TokenizeOptions>): Promise<TokenizeOutput[]> {
    const known = ['addSpecialTokens', 'returnOffsets', 'maxTotalTokens', 'signal'] as const;
    const {
      addSpecialTokens = true,
      returnOffsets: offsets = false,
      maxTotalTokens = null,
      signal,
    } = readOptions<TokenizeOptions>(options, known, 'tokenize');
    const request = { prompts: asPrompts(prompts), addSpecialTokens, offsets, maxTotalTokens };
    return this.#connection.call((engine, id) => engine.tokenize(id, request), { signal });
  }

  /** The text of token ids, special tokens included. Throws `invalid-input` for an id out of the vocabulary, and as `tokenize`. */
  async detokenize(tokens: ArrayLike<number>, options?: { signal?: AbortSignal }): Promise<string> {
    const { signal } = readOptions<{ signal?: AbortSignal }>(options, ['signal'], 'detokenize');
    return this.#connection.call((engine, id) => engine.detokenize(id, tokens), { signal });
  }

  /**
   * A conversation -> the one prompt that the model's chat template makes of it; it has its special tokens, so pass it on with
   * `addSpecialTokens: false`. Throws `invalid-input` without a template, `invalid-option` if it cannot be rendered, and as `tokenize`.
   */
  async applyChatTemplate(messages: readonly ChatMessage[], options?: EitherSpelling<ChatOptions>): Promise<string> {
    const { signal, ...rest } = readOptions<ChatOptions>(options, CHAT_OPTIONS, 'applyChatTemplate');
    const request: ChatRequest = {
      messages,
      chatTemplate: null,
      addGenerationPrompt: false,
      continueFinalMessage: false,
      chatTemplateKwargs: {},
      tools: null,
      ...rest,
    };
    return this.#connection.call((engine, id) => engine.applyChatTemplate(id, request), { signal });
  }

  /** Frees the model, the device and the worker. Calls under way reject with `disposed`, and so does every later one. Idempotent. */
  dispose(): Promise<void> {
    return this.#connection.dispose();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  async #pool<Outputs>(
    task: PoolTask,
    input: PromptInput,
    options: EitherSpelling<PoolOptions & TokenOptions & ClassifyOptions> | undefined,
    finish: (pooled: Pooled) => Outputs,
  ) {
    const { request, hooks } = poolRequest(task, input, options);
    const result = await this.#connection.call((engine, id) => engine.pool(id, request), hooks);
    return outputsOf(result, () => this.#nextId()).map(({ pooled, ...rest }) => ({ ...rest, outputs: finish(pooled) }));
  }

  #nextId(): string {
    return String(this.#requests++);
  }
}

function atLeast(least: number, name: string, value: number): void {
  if (!(Number.isInteger(value) && value >= least))
    throw new PoolingError('invalid-option', `${name} must be an integer of at least ${least}, got ${value}.`);
}
