/** A load request -> a model that is ready on its device, with all that calls need of it. */
import { asPoolingError, throwIfAborted } from '../errors.ts';
import { fingerprintOf } from '../onnx/fingerprint.ts';
import { openHead, type LinearHead } from '../model/linear-head.ts';
import type { OpenHooks } from '../files/open-context.ts';
import { openModel } from '../model/open-model.ts';
import { readReference, writeReference } from '../files/reference-store.ts';
import type { Ort } from '../onnx/session.ts';
import { createTokenizer, type TextTokenizer } from '../text/tokenizer.ts';
import type { Padding } from '../pipeline/batch.ts';
import { maxEmbedLen } from '../pipeline/limits.ts';
import type { Pause } from '../pause.ts';
import { graphOf } from '../model/graph.ts';
import { checkTask, serve, tasksOf, type Served } from '../tasks/serve.ts';
import { routesOf, type Routes } from '../tasks/route.ts';
import type { Dtype, LoadProgress, LogEntry, ModelInfo } from '../types.ts';
import type { EngineEvent, LoadRequest } from '../wire/protocol.ts';
import { executor } from './execute.ts';
import { Runner } from './runner.ts';
import { Scheduler } from './scheduler.ts';
import { probeIds } from './self-check.ts';

/** What differs between realms, as plain data from the composition root. */
export interface EngineRuntime {
  /** The flavour of onnxruntime-web for this load. Called once: ORT cannot be initialised twice in a realm. */
  ort(request: LoadRequest): Promise<Ort>;
  /** Whether that flavour has the WebGPU backend. */
  webGpu: boolean;
  pause: Pause;
}

export interface LoadedModel extends Served {
  tokenizer: TextTokenizer;
  runner: Runner;
  scheduler: Scheduler;
  info(): ModelInfo;
}

export async function loadModel(
  call: number,
  request: LoadRequest,
  runtime: EngineRuntime,
  emit: (event: EngineEvent) => void,
  signal: AbortSignal,
): Promise<LoadedModel> {
  const begin = performance.now();
  const log = (entry: LogEntry) => emit({ kind: 'log', entry });
  const onProgress = (progress: LoadProgress) => emit({ kind: 'load-progress', call, progress });
  const { spec, tokenizerJson, tokenizerConfig, loadWeights, forgetWeights, reportPhase } = await openModel(request, {
    signal,
    log,
    onProgress,
  });
  const heads = await openHeads(request, { signal, log });
  const tokenizer = createTokenizer(tokenizerJson, tokenizerConfig);
  const ort = await runtime.ort(request).catch((error: unknown) => {
    throw asPoolingError(error, 'runtime-failed', 'onnxruntime-web cannot start');
  });
  const padding: Padding = { id: spec.padTokenId, side: spec.paddingSide };
  const probe = { ids: probeIds(tokenizer.encode, spec.maxModelLen), padding, adapter: spec.defaultAdapter };
  let dtype: Dtype = 'fp32';
  let routes: Routes = {};
  let fingerprint: string | null = null;
  const runner = new Runner({
    ort,
    device: request.device,
    webGpu: runtime.webGpu,
    selfCheck: request.selfCheck,
    async loadWeights(own) {
      const weights = await loadWeights(own);
      dtype = weights.dtype;
      padding.side = weights.outline.padsRight ? 'right' : spec.paddingSide;
      if (request.cache) fingerprint ??= await fingerprintOf(weights, probe.ids);
      return {
        ...weights,
        inputShape: { firstPosition: spec.firstPosition, kvHeads: spec.kvShape?.kvHeads ?? null, headDim: spec.kvShape?.headDim ?? null },
        graphOf(all) {
          const graph = graphOf(spec, all, weights.outline);
          routes = routesOf(spec, graph.outputs);
          return graph;
        },
        probe,
        forget: () => forgetWeights(weights),
      };
    },
    reference: {
      get: async ({ output, dimensions }) => (fingerprint === null ? null : readReference(`${fingerprint} ${output.name}`, dimensions)),
      put: async ({ output }, rows) => (fingerprint === null ? undefined : writeReference(`${fingerprint} ${output.name}`, rows)),
    },
    phase: reportPhase,
    log: (message) => log({ level: 'warning', message }),
    changed: () => emit({ kind: 'info', info: info() }),
  });
  try {
    await runner.open(signal);
    // Making a session cannot be interrupted: an abort or dispose() that came meanwhile is heard here.
    throwIfAborted(signal);
    checkTask({ spec, routes, heads });
    // A head that does not fit this model is an error now, not at the first text.
    for (const head of Object.keys(heads)) serve({ task: 'classify', head, promptName: null }, { spec, routes, heads });
  } catch (error) {
    await runner.close();
    throw error;
  }
  const total = performance.now() - begin;
  const { compile, check } = runner.state;
  const loadTimings = { files: total - compile - check, compile, check, total };
  const info = () => ({ ...describe({ spec, routes, heads }, dtype, runner, ort), loadTimings });
  const scheduler = new Scheduler(executor(runner, padding), () => runner.budget, runtime.pause);
  reportPhase('ready');
  return { spec, tokenizer, routes, heads, runner, scheduler, info };
}

/** `integrity` is the model's: names in it are relative to its folder. */
async function openHeads({ heads, cache, headers }: LoadRequest, hooks: OpenHooks): Promise<Record<string, LinearHead>> {
  const opened = Object.entries(heads).map(
    async ([name, source]) => [name, await openHead({ source, cache, headers, integrity: {} }, hooks)] as const,
  );
  return Object.fromEntries(await Promise.all(opened));
}

function describe({ spec, routes, heads }: Served, dtype: Dtype, runner: Runner, ort: Ort): Omit<ModelInfo, 'loadTimings'> {
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
    tasks: tasksOf({ spec, routes, heads }),
    labels: spec.labels && [...spec.labels],
    heads: Object.keys(heads),
    prompts: spec.prompts,
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
