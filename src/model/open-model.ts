/** A load request -> the model's resolved spec and tokenizer files, and a way to read its weights as often as a device is lost. */
import { throwIfAborted } from '../errors.ts';
import type { LoadProgress, LogEntry } from '../types.ts';
import type { LoadRequest } from '../wire/protocol.ts';
import { openFileCache } from './cache.ts';
import { fetchConfigFiles } from './config-files.ts';
import { weightsFiles } from './dtype.ts';
import type { FileContext } from './fetch-file.ts';
import { createIntegrityCheck } from './integrity.ts';
import type { JsonObject } from './json-file.ts';
import { checkPositions, resolveSpec, type ModelSpec } from './model-spec.ts';
import { readPoolerOverride } from './pooler-override.ts';
import { createProgress } from './progress.ts';
import { openSource } from './source.ts';
import { fetchWeights, type ModelWeights } from './weights.ts';

export interface OpenModelHooks {
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: LoadProgress) => void) | undefined;
  log: (entry: LogEntry) => void;
}

export interface OpenedModel {
  spec: ModelSpec;
  tokenizerJson: JsonObject;
  tokenizerConfig: JsonObject;
  /** URL or name of the model's folder: what `inspectCache` calls it. */
  key: string;
  /** Nothing of it is kept here. The first call that succeeds reports progress, later ones are silent. */
  loadWeights(signal?: AbortSignal): Promise<ModelWeights>;
  /** Drops the weights from the cache: for a file that looks like ONNX and that the runtime refuses. */
  forgetWeights(weights: ModelWeights): Promise<void>;
  /** Reports a phase that comes after the download, with the bytes of the files in it. */
  reportPhase(phase: Exclude<LoadProgress['phase'], 'download'>): void;
}

export async function openModel(request: LoadRequest, hooks: OpenModelHooks): Promise<OpenedModel> {
  const { signal, log } = hooks;
  // Options first: an error in them should not cost a download.
  weightsFiles(request.dtype);
  readPoolerOverride(request.overridePoolerConfig);
  const integrity = createIntegrityCheck(request.integrity);
  throwIfAborted(signal);
  const source = await openSource(request.source, {
    headers: request.headers,
    signal,
    isKept: async (folder) => request.cache && (await (await openFileCache(folder, () => {}))?.record('config.json'))?.complete === true,
  });
  const progress = createProgress(hooks.onProgress ?? (() => {}));
  const cache = request.cache && source.remote ? await openFileCache(source.key, log) : null;
  const context: FileContext = { source, cache, integrity, progress };
  const files = await fetchConfigFiles(context, signal);
  const spec = resolveSpec(files, request, log);
  let dtype = request.dtype;
  let isFirst = true;
  return {
    spec,
    tokenizerJson: files.tokenizer,
    tokenizerConfig: files.tokenizerConfig,
    key: source.key,
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
      const folder = path.slice(0, path.lastIndexOf('/') + 1);
      for (const file of [path, ...external.map((data) => folder + data.path)]) await cache?.drop(file);
    },
    reportPhase: progress.phase,
  };
}
