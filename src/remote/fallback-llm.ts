/**
 * Several models behind one LLM: each method goes to the first model that is well. Rerank and embedStream are made of the others, as they
 * are in the class itself.
 */
import { PoolingError } from '../errors.ts';
import { PoolingLLM } from '../facade/llm.ts';
import type { EitherSpelling } from '../facade/options.ts';
import { asPrompts } from '../facade/prompts.ts';
import type {
  ChatMessage,
  ChatOptions,
  ClassifyOptions,
  EmbeddingRequestOutput,
  EmbedOptions,
  EncodeOptions,
  ModelInfo,
  PoolingRequestOutput,
  PoolOptions,
  PromptInput,
  ScoreOptions,
  TokenizeOptions,
  TokenOptions,
} from '../types.ts';
import { canaryOptions, type Method } from './canary.ts';
import { readFallbackOptions, type FallbackModel, type FallbackOptions } from './fallback-options.ts';
import { Members } from './members.ts';
import { readingOf, type Reading } from './read-alike.ts';

type Given<T> = EitherSpelling<T> | undefined;

/** Opens the first of the models that can be had. */
export async function openMembers(models: readonly FallbackModel[], given: Given<FallbackOptions>): Promise<Members> {
  const options = readFallbackOptions(models, given);
  const members = new Members(models, options);
  try {
    await members.open(options.signal);
    return members;
  } catch (error) {
    await members.dispose();
    throw error;
  }
}

export class FallbackLLM extends PoolingLLM {
  readonly #members: Members;
  #requests = 0;

  /** Use `withFallback`. */
  constructor(members: Members) {
    super({
      get info() {
        return members.current.info;
      },
      // Every method that calls is overridden below.
      call: () => Promise.reject(new PoolingError('unsupported-task', 'withFallback does not have this method.')),
      dispose: () => members.dispose(),
    });
    this.#members = members;
  }

  override embed(prompts: PromptInput, options?: Given<EmbedOptions>) {
    return this.#pool('embed', prompts, options, (llm, list) => llm.embed(list, options));
  }

  /**
   * For what each model has to be asked for by other options. They mean the same, which `meaning` names: what the models answer to them is
   * compared. Where
   * `optionsFor` throws, that model cannot be asked, and the next is.
   */
  async embedBy(
    prompts: PromptInput,
    meaning: string,
    optionsFor: (info: ModelInfo) => EmbedOptions,
    signal?: AbortSignal,
  ): Promise<EmbeddingRequestOutput[]> {
    const list = asPrompts(prompts);
    const questionFor = (llm: PoolingLLM) => {
      const options = optionsFor(llm.info);
      const reading = readingOf(list, options, false);
      return { meaning: `by ${meaning}`, asked: canaryOptions(options), reading, call: () => llm.embed(list, options) };
    };
    return this.#numbered(await this.#members.answer('embed', questionFor, signal));
  }

  override encode(prompts: PromptInput, options?: Given<EncodeOptions>) {
    return this.#pool('encode', prompts, options, (llm, list) => llm.encode(list, options));
  }

  override tokenEmbed(prompts: PromptInput, options?: Given<TokenOptions>) {
    return this.#pool('tokenEmbed', prompts, options, (llm, list) => llm.tokenEmbed(list, options));
  }

  override classify(prompts: PromptInput, options?: Given<ClassifyOptions>) {
    return this.#pool('classify', prompts, options, (llm, list) => llm.classify(list, options));
  }

  override tokenClassify(prompts: PromptInput, options?: Given<TokenOptions>) {
    return this.#pool('tokenClassify', prompts, options, (llm, list) => llm.tokenClassify(list, options));
  }

  override reward(prompts: PromptInput, options?: Given<PoolOptions>) {
    return this.#pool('reward', prompts, options, (llm, list) => llm.reward(list, options));
  }

  override async score(queries: PromptInput, documents: PromptInput, options?: Given<ScoreOptions>) {
    const copied = asPrompts(documents);
    return this.#pool('score', queries, options, (llm, list) => llm.score(list, copied, options), true);
  }

  override tokenize(prompts: PromptInput, options?: Given<TokenizeOptions>) {
    return this.#ask('tokenize', options, (llm) => llm.tokenize(prompts, options));
  }

  override detokenize(tokens: ArrayLike<number>, options?: { signal?: AbortSignal }) {
    return this.#ask('detokenize', options, (llm) => llm.detokenize(tokens, options));
  }

  override applyChatTemplate(messages: readonly ChatMessage[], options?: Given<ChatOptions>) {
    return this.#ask('applyChatTemplate', options, (llm) => llm.applyChatTemplate(messages, options));
  }

  /** The prompts are read once: the caller may change the list while a second model is asked. Each model counts its own requests. */
  async #pool<Outputs>(
    method: Method,
    prompts: PromptInput,
    options: unknown,
    call: (llm: PoolingLLM, prompts: PromptInput) => Promise<PoolingRequestOutput<Outputs>[]>,
    isPairs = false,
  ): Promise<PoolingRequestOutput<Outputs>[]> {
    const list = asPrompts(prompts);
    const reading = readingOf(list, options as object | undefined, isPairs);
    return this.#numbered(await this.#ask(method, options, (llm) => call(llm, list), reading));
  }

  #numbered<Output extends object>(outputs: readonly Output[]): (Output & { request_id: string })[] {
    return outputs.map((output) => ({ ...output, request_id: String(this.#requests++) }));
  }

  #ask<T>(method: Method, options: unknown, call: (llm: PoolingLLM) => Promise<T>, reading: Reading | null = null): Promise<T> {
    const asked = canaryOptions(options as object | undefined);
    const meaning = JSON.stringify(asked);
    return this.#members.answer(method, (llm) => ({ meaning, asked, reading, call: () => call(llm) }), signalOf(options));
  }
}

function signalOf(options: unknown): AbortSignal | undefined {
  const signal = (options as { signal?: unknown } | undefined)?.signal;
  return signal instanceof AbortSignal ? signal : undefined;
}
