/**
 * The engine of one model: implements what the facade calls (wire/protocol.ts). Runs in a Web Worker, or in-process at the edge.
 * The path of a request is in pool-call.ts; which device does the work, in runner.ts; who goes next, in scheduler.ts.
 */
import { asPoolingError, PoolingError, throwIfAborted } from '../errors.ts';
import { fingerprintOf } from '../model/fingerprint.ts';
import type { ModelSpec } from '../model/model-spec.ts';
import { openModel } from '../model/open-model.ts';
import { readReference, writeReference } from '../model/reference-store.ts';
import type { Ort } from '../model/session.ts';
import { createTokenizer, type TextTokenizer } from '../model/tokenizer.ts';
import type { Pause } from '../pause.ts';
import { maxEmbedLen } from '../pipeline/limits.ts';
import { tokenizeAll } from '../pipeline/tokenize.ts';
import type { Dtype, LoadProgress, LogEntry, ModelInfo, TokenizeOutput } from '../types.ts';
import type { EngineApi, EngineEvent, LoadRequest, PoolRequest, PoolResult, TokenizeRequest, WireResult } from '../wire/protocol.ts';
import { executor } from './execute.ts';
import { poolCall } from './pool-call.ts';
import { Runner } from './runner.ts';
import { Scheduler } from './scheduler.ts';
import { probeOf } from './self-check.ts';
import { settled } from './wire-result.ts';

/** What differs between realms, as plain data from the composition root. */
export interface EngineRuntime {
  /** The flavour of onnxruntime-web for this load. Called once: ORT cannot be initialised twice in a realm. */
  ort(request: LoadRequest): Promise<Ort>;
  /** Whether that flavour has the WebGPU backend. */
  webGpu: boolean;
  pause: Pause;
}

interface Loaded {
  spec: ModelSpec;
  tokenizer: TextTokenizer;
  runner: Runner;
  scheduler: Scheduler;
  info(): ModelInfo;
}

export class Engine implements EngineApi {
  readonly #runtime: EngineRuntime;
  readonly #emit: (event: EngineEvent) => void;
  readonly #calls = new Map<number, AbortController>();
  #loaded: Loaded | null = null;

  constructor(runtime: EngineRuntime, emit: (event: EngineEvent) => void) {
    this.#runtime = runtime;
    this.#emit = emit;
  }

  load(call: number, request: LoadRequest): Promise<WireResult<ModelInfo>> {
    return this.#settled(call, async (signal) => {
      if (this.#loaded) throw new PoolingError('invalid-option', 'This engine has a model already.');
      const begin = performance.now();
      const log = (entry: LogEntry) => this.#emit({ kind: 'log', entry });
      const onProgress = (progress: LoadProgress) => this.#emit({ kind: 'load-progress', call, progress });
      const { spec, tokenizerJson, tokenizerConfig, loadWeights, forgetWeights, reportPhase } = await openModel(request, {
        signal,
        log,
        onProgress,
      });
      const tokenizer = createTokenizer(tokenizerJson, tokenizerConfig);
      const ort = await this.#runtime.ort(request).catch((error: unknown) => {
        throw asPoolingError(error, 'runtime-failed', 'onnxruntime-web cannot start');
      });
      const probe = probeOf(tokenizer.encode, spec);
      let dtype: Dtype = 'fp32';
      let fingerprint: string | null = null;
      const runner = new Runner({
        ort,
        device: request.device,
        webGpu: this.#runtime.webGpu,
        selfCheck: request.selfCheck,
        hidden: spec.hiddenSize,
        probe,
        async loadWeights(own) {
          const weights = await loadWeights(own);
          dtype = weights.dtype;
          if (request.cache) fingerprint ??= await fingerprintOf(weights, probe.ids);
          return { ...weights, forget: () => forgetWeights(weights) };
        },
        reference: {
          get: async () => (fingerprint === null ? null : readReference(fingerprint, spec.hiddenSize)),
          put: async (rows) => (fingerprint === null ? undefined : writeReference(fingerprint, rows)),
        },
        phase: reportPhase,
        log: (message) => log({ level: 'warning', message }),
        changed: () => this.#emit({ kind: 'info', info: info() }),
      });
      try {
        await runner.open(signal);
        // Making a session cannot be interrupted: an abort or dispose() that came meanwhile is heard here.
        throwIfAborted(signal);
      } catch (error) {
        await runner.close();
        throw error;
      }
      const total = performance.now() - begin;
      const { compile, check } = runner.state;
      const loadTimings = { files: total - compile - check, compile, check, total };
      const info = () => ({ ...describe(spec, dtype, runner, ort), loadTimings });
      const scheduler = new Scheduler(executor(runner, spec), () => runner.budget, this.#runtime.pause);
      this.#loaded = { spec, tokenizer, runner, scheduler, info };
      reportPhase('ready');
      return info();
    });
  }

  pool(call: number, request: PoolRequest): Promise<WireResult<PoolResult>> {
    return this.#settled(call, async (signal) => {
      const { spec, tokenizer, scheduler, runner, info } = this.#model();
      const result = await poolCall(request, {
        spec,
        tokenizer,
        scheduler,
        pause: this.#runtime.pause,
        signal,
        log: (message) => this.#emit({ kind: 'log', entry: { level: 'info', message } }),
        progress: (progress) => this.#emit({ kind: 'call-progress', call, progress }),
      });
      // Not while a lost device is being replaced: then a call that needed no device has ended.
      if (runner.isOpen) this.#emit({ kind: 'info', info: info() });
      return result;
    });
  }

  tokenize(call: number, request: TokenizeRequest): Promise<WireResult<TokenizeOutput[]>> {
    return this.#settled(call, async (signal) => {
      const { spec, tokenizer } = this.#model();
      const { vocabSize, doLowerCase, maxModelLen } = spec;
      const outputs: TokenizeOutput[] = [];
      const { addSpecialTokens } = request;
      const { pause } = this.#runtime;
      const settings = { tokenizer, vocabSize, doLowerCase, addSpecialTokens, truncation: null, pause, signal };
      for await (const { ids } of tokenizeAll(request.prompts, settings)) {
        const tokens = [...ids];
        outputs.push({ count: tokens.length, max_model_len: maxModelLen, tokens, token_strs: tokens.map((id) => tokenizer.tokenOf(id)) });
      }
      return outputs;
    });
  }

  cancel(call: number): void {
    this.#calls.get(call)?.abort();
  }

  async dispose(): Promise<void> {
    for (const controller of this.#calls.values()) controller.abort();
    const loaded = this.#loaded;
    this.#loaded = null;
    loaded?.scheduler.failAll(new PoolingError('disposed', 'The LLM was disposed during the call.'));
    await loaded?.runner.close();
  }

  #model(): Loaded {
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

function describe(spec: ModelSpec, dtype: Dtype, runner: Runner, ort: Ort): Omit<ModelInfo, 'loadTimings'> {
  const { state, backend } = runner;
  return {
    model: spec.name,
    device: backend.device,
    adapter: backend.gpu?.name ?? null,
    fallback: state.fallback,
    selfCheck: state.selfCheck,
    dtype,
    threads: ort.env.wasm.numThreads ?? 1,
    architecture: spec.architecture,
    pooler: spec.pooler,
    hidden_size: spec.hiddenSize,
    max_model_len: spec.maxModelLen,
    max_embed_len: maxEmbedLen(spec),
    enable_chunked_processing: spec.enableChunkedProcessing,
    is_matryoshka: spec.isMatryoshka,
    matryoshka_dimensions: spec.matryoshkaDimensions,
    batch: { tokens: backend.budget.tokens, rows: backend.budget.rows },
    counters: { readBackBytes: state.readBack.bytes, deviceLosses: state.deviceLosses },
  };
}
