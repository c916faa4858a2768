/** A load request -> a model that is ready on its device, with all that calls need of it. */
import { asPoolingError, throwIfAborted } from '../errors.ts';
import type { ReadChatTemplate } from '../model/chat-template.ts';
import { openHead, type LinearHead } from '../model/linear-head.ts';
import type { OpenHooks } from '../files/open-context.ts';
import { openModel } from '../model/open-model.ts';
import type { Ort } from '../onnx/session.ts';
import { createTokenizer, type TextTokenizer } from '../text/tokenizer.ts';
import type { Pause } from '../pause.ts';
import { checkTask, routeFor, type LoadedRoutes } from '../tasks/choose-route.ts';
import type { ModelInfo } from '../types.ts';
import type { LoadRequest, SourceDescription } from '../wire/protocol.ts';
import { executor } from './execute.ts';
import { keptReference } from './kept-reference.ts';
import { modelInfo } from './model-info.ts';
import { Runner } from './runner.ts';
import { Scheduler } from './scheduler.ts';
import { probeIds } from './self-check.ts';
import { WeightsSource } from './weights-source.ts';

/** What differs between realms, as plain data from the composition root. */
export interface EngineRuntime {
  /** The flavour of onnxruntime-web for this load. Called once: ORT cannot be initialised twice in a realm. */
  ort(request: LoadRequest): Promise<Ort>;
  /** Whether that flavour has the WebGPU backend. */
  webGpu: boolean;
  pause: Pause;
}

export interface LoadedModel extends LoadedRoutes {
  tokenizer: TextTokenizer;
  readChatTemplate: ReadChatTemplate;
  runner: Runner;
  scheduler: Scheduler;
  info(): ModelInfo;
}

interface LoadHooks extends OpenHooks {
  signal: AbortSignal;
  /** What `info()` says is different now. */
  changed(info: ModelInfo): void;
}

export async function loadModel(request: LoadRequest, runtime: EngineRuntime, hooks: LoadHooks): Promise<LoadedModel> {
  const begin = performance.now();
  const { signal, log } = hooks;
  const opened = await openModel(request, hooks);
  const { spec, reportPhase } = opened;
  const heads = await openHeads(request, { signal, log });
  const tokenizer = createTokenizer(opened.tokenizerJson, opened.tokenizerConfig);
  const ort = await runtime.ort(request).catch((error: unknown) => {
    throw asPoolingError(error, 'runtime-failed', 'onnxruntime-web cannot start');
  });
  const weights = new WeightsSource({ opened, probeIds: probeIds(tokenizer.encode, spec.maxModelLen), cache: request.cache });
  const served = (): LoadedRoutes => ({ spec, routes: weights.routes, heads });
  const runner = new Runner({
    ort,
    device: request.device,
    webGpu: runtime.webGpu,
    selfCheck: request.selfCheck,
    loadWeights: (own) => weights.load(own),
    reference: keptReference(weights),
    phase: reportPhase,
    log: (message) => log({ level: 'warning', message }),
    changed: () => hooks.changed(info()),
  });
  await openChecked(runner, signal, served);
  const total = performance.now() - begin;
  const { compile, check } = runner.state;
  const loadTimings = { files: total - compile - check, compile, check, total };
  const info = () => modelInfo({ ...served(), dtype: weights.dtype, runner, ort }, loadTimings);
  const scheduler = new Scheduler(
    executor(runner, () => weights.padding),
    () => runner.budget,
    runtime.pause,
  );
  reportPhase('ready');
  return { ...served(), tokenizer, readChatTemplate: opened.readChatTemplate, runner, scheduler, info };
}

/** `served` is known when the session is open, which says what its graph gives. */
async function openChecked(runner: Runner, signal: AbortSignal, served: () => LoadedRoutes): Promise<void> {
  try {
    await runner.open(signal);
    // Making a session cannot be interrupted: an abort or dispose() that came meanwhile is heard here.
    throwIfAborted(signal);
    checkTask(served());
    // A head that does not fit this model is an error now, not at the first text.
    for (const head of Object.keys(served().heads)) routeFor({ task: 'classify', head, promptName: null }, served());
  } catch (error) {
    await runner.close();
    throw error;
  }
}

/**
 * `integrity` is the model's: names in it are relative to its folder. So are its headers, which may have a token in them: they are for its
 * host alone.
 */
async function openHeads(
  { source: model, heads, cache, headers: own }: LoadRequest,
  hooks: OpenHooks,
): Promise<Record<string, LinearHead>> {
  const opened = Object.entries(heads).map(async ([name, source]) => {
    const headers = originOf(source) === originOf(model) ? own : {};
    return [name, await openHead({ source, cache, headers, integrity: {} }, hooks)] as const;
  });
  return Object.fromEntries(await Promise.all(opened));
}

/** Null: it is on no server. */
function originOf(source: SourceDescription): string | null {
  return 'base' in source ? new URL(source.base).origin : null;
}
