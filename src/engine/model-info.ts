/** A loaded model and where it runs -> what callers read of it in `llm.info`. */
import type { Ort } from '../onnx/session.ts';
import { maxEmbedLen } from '../pipeline/limits.ts';
import { tasksOf, type LoadedRoutes } from '../tasks/choose-route.ts';
import type { Dtype, ModelInfo } from '../types.ts';
import type { Runner } from './runner.ts';

interface Running extends LoadedRoutes {
  dtype: Dtype;
  runner: Runner;
  ort: Ort;
}

export function modelInfo({ spec, routes, heads, dtype, runner, ort }: Running, loadTimings: ModelInfo['loadTimings']): ModelInfo {
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
    default_prompt_name: spec.defaultPromptName,
    pooler: spec.pooler,
    hidden_size: spec.hiddenSize,
    max_model_len: spec.maxModelLen,
    max_embed_len: maxEmbedLen(spec),
    enable_chunked_processing: spec.enableChunkedProcessing,
    is_matryoshka: spec.isMatryoshka,
    matryoshka_dimensions: spec.matryoshkaDimensions,
    batch: { tokens: backend.budget.tokens, rows: backend.budget.rows },
    loadTimings,
    counters: { readBackBytes: state.readBack.bytes, deviceLosses: state.deviceLosses },
  };
}
