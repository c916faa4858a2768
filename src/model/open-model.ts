/** A load request -> the model's resolved spec and tokenizer files, and a way to read its weights as often as a device is lost. */
import { PoolingError } from '../errors.ts';
import type { LoadProgress } from '../types.ts';
import type { LoadRequest } from '../wire/protocol.ts';
import { chatTemplateReader, type ReadChatTemplate } from './chat-template.ts';
import { fetchConfigFiles } from './config-files.ts';
import { weightsFiles } from './dtype.ts';
import type { JsonObject } from '../files/json-file.ts';
import type { OnnxOutline } from '../onnx/onnx-outline.ts';
import type { ModelSpec } from './model-spec.ts';
import { readPoolerOverride } from './pooler-override.ts';
import { openContext, type OpenHooks } from '../files/open-context.ts';
import { resolveSpec } from './resolve-spec.ts';
import { externalPath, fetchWeights, type FetchedWeights } from './weights.ts';

export interface OpenedModel {
  spec: ModelSpec;
  tokenizerJson: JsonObject;
  tokenizerConfig: JsonObject;
  readChatTemplate: ReadChatTemplate;
  /** Nothing of it is kept here. The first call that succeeds reports progress, later ones are silent. */
  loadWeights(signal?: AbortSignal): Promise<FetchedWeights>;
  /** Drops the weights from the cache: for a file that looks like ONNX and that the runtime refuses. */
  forgetWeights(weights: FetchedWeights): Promise<void>;
  /** Reports a phase that comes after the download, with the bytes of the files in it. */
  reportPhase(phase: Exclude<LoadProgress['phase'], 'download'>): void;
}

export async function openModel(request: LoadRequest, hooks: OpenHooks): Promise<OpenedModel> {
  const { signal, log } = hooks;
  // Options first: an error in them should not cost a download.
  weightsFiles(request.dtype);
  checkThreads(request.threads);
  readPoolerOverride(request.overridePoolerConfig);
  const context = await openContext(request, hooks, 'config.json');
  const { cache, integrity } = context;
  const files = await fetchConfigFiles(context, signal);
  const spec = resolveSpec(files, request, log);
  let dtype = request.dtype;
  let isFirst = true;
  return {
    spec,
    tokenizerJson: files.tokenizer,
    tokenizerConfig: files.tokenizerConfig,
    readChatTemplate: chatTemplateReader({ ...context, progress: null }, files.tokenizerConfig),
    async loadWeights(own) {
      const weights = await fetchWeights(isFirst ? context : { ...context, progress: null }, dtype, own);
      // The same file again, though a better one may have appeared: a session that is made anew must answer as before.
      dtype = weights.dtype;
      checkPositions(spec, weights.outline);
      const unused = integrity.unused();
      if (isFirst && unused.length > 0)
        log({ level: 'warning', message: `integrity names files that this model did not load: ${unused.join(', ')}.` });
      isFirst = false;
      return weights;
    },
    async forgetWeights({ path, external }) {
      for (const file of [path, ...external.map((data) => externalPath(path, data.path))]) await cache?.drop(file);
    },
    reportPhase: context.progress.phase,
  };
}

function checkThreads(threads: number | null): void {
  if (threads === null || (Number.isInteger(threads) && threads >= 1)) return;
  throw new PoolingError('invalid-option', `threads must be an integer of at least 1, got ${String(threads)}.`);
}

/** Throws if texts that are not too long would run off the model's table of positions: WASM stops there, WebGPU computes something. */
export function checkPositions({ name, maxModelLen, firstPosition }: ModelSpec, { positions }: Pick<OnnxOutline, 'positions'>): void {
  if (positions === null || positions >= firstPosition + maxModelLen) return;
  const room = positions - firstPosition;
  throw new PoolingError(
    'unsupported-model',
    `The files of "${name}" allow ${maxModelLen} tokens, and its ONNX file has positions for ${room}. Set maxModelLen to ${room} or less.`,
  );
}
