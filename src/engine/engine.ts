/**
 * The engine of one model: implements what the facade calls (wire/protocol.ts). Runs in a Web Worker, or in-process at the edge.
 * The path of a request is in pool-call.ts, score-call.ts and tokenize-call.ts; which device does the work, in runner.ts; who goes next, in
 * scheduler.ts.
 */
import { PoolingError } from '../errors.ts';
import type { ModelInfo, TokenizeOutput } from '../types.ts';
import type {
  ChatRequest,
  EngineApi,
  EngineEvent,
  LoadRequest,
  PoolRequest,
  PoolResult,
  ScoreRequest,
  ScoreResult,
  TokenizeRequest,
  WireLimits,
  WireResult,
} from '../wire/protocol.ts';
import { chatCall } from './chat-call.ts';
import type { CallContext } from './compute.ts';
import { loadModel, type EngineRuntime, type LoadedModel } from './load-model.ts';
import { poolCall } from './pool-call.ts';
import { scoreCall } from './score-call.ts';
import { detokenizeCall, tokenizeCall } from './tokenize-call.ts';
import { tokenAllowance } from './token-allowance.ts';
import { settled } from './wire-result.ts';

export type { EngineRuntime };

export class Engine implements EngineApi {
  readonly #runtime: EngineRuntime;
  readonly #emit: (event: EngineEvent) => void;
  readonly #calls = new Map<number, AbortController>();
  #loaded: LoadedModel | null = null;

  constructor(runtime: EngineRuntime, emit: (event: EngineEvent) => void) {
    this.#runtime = runtime;
    this.#emit = emit;
  }

  load(call: number, request: LoadRequest): Promise<WireResult<ModelInfo>> {
    return this.#settled(call, async (signal) => {
      if (this.#loaded) throw new PoolingError('invalid-option', 'This engine has a model already.');
      this.#loaded = await loadModel(request, this.#runtime, {
        signal,
        log: (entry) => this.#emit({ kind: 'log', entry }),
        onProgress: (progress) => this.#emit({ kind: 'load-progress', call, progress }),
        changed: (info) => this.#emit({ kind: 'info', info }),
      });
      return this.#loaded.info();
    });
  }

  pool(call: number, request: PoolRequest): Promise<WireResult<PoolResult>> {
    return this.#settled(call, (signal) => this.#work(call, request, signal, (context) => poolCall(request, context)));
  }

  score(call: number, request: ScoreRequest): Promise<WireResult<ScoreResult>> {
    return this.#settled(call, (signal) => this.#work(call, request, signal, (context) => scoreCall(request, context)));
  }

  tokenize(call: number, request: TokenizeRequest): Promise<WireResult<TokenizeOutput[]>> {
    const { pause } = this.#runtime;
    return this.#settled(call, async (signal) => tokenizeCall(request, { ...this.#model(), pause, signal }));
  }

  detokenize(call: number, ids: ArrayLike<number>): Promise<WireResult<string>> {
    return this.#settled(call, async () => detokenizeCall(ids, this.#model()));
  }

  applyChatTemplate(call: number, request: ChatRequest): Promise<WireResult<string>> {
    return this.#settled(call, async (signal) => chatCall(request, await this.#model().readChatTemplate(signal)));
  }

  async cancel(call: number): Promise<void> {
    this.#calls.get(call)?.abort();
  }

  async dispose(): Promise<void> {
    for (const controller of this.#calls.values()) controller.abort();
    const loaded = this.#loaded;
    this.#loaded = null;
    loaded?.scheduler.failAll(new PoolingError('disposed', 'The LLM was disposed during the call.'));
    await loaded?.runner.close();
  }

  async #work<T>(
    call: number,
    { priority, maxTotalTokens }: WireLimits,
    signal: AbortSignal,
    work: (context: CallContext) => Promise<T>,
  ): Promise<T> {
    const model = this.#model();
    const result = await work({
      ...model,
      pause: this.#runtime.pause,
      signal,
      priority,
      spend: tokenAllowance(maxTotalTokens),
      log: (level, message) => this.#emit({ kind: 'log', entry: { level, message } }),
      progress: (progress) => this.#emit({ kind: 'call-progress', call, progress }),
    });
    // Not while a lost device is being replaced: then a call that needed no device has ended.
    if (model.runner.isOpen) this.#emit({ kind: 'info', info: model.info() });
    return result;
  }

  #model(): LoadedModel {
    if (!this.#loaded) throw new PoolingError('disposed', 'The LLM was disposed.');
    return this.#loaded;
  }

  async #settled<T>(call: number, work: (signal: AbortSignal) => Promise<T>): Promise<WireResult<T>> {
    const controller = new AbortController();
    this.#calls.set(call, controller);
    try {
      return await settled(() => work(controller.signal));
    } finally {
      this.#calls.delete(call);
    }
  }
}
