/** A MODEL and the flags about it -> an LLM, with what it needs of this runtime: a cache on disk, WebGPU. */
import type { LLM } from '../src/edge.ts';
import type { LoadOptions, LogEntry } from '../src/types.ts';
import { cacheFolder, installDiskCache } from './disk-cache.ts';
import { deviceOf, loadOptions, type ModelValues } from './load-options.ts';
import { loadProgress, type ProgressSinks } from './load-progress.ts';
import { installWebGpu } from './webgpu.ts';

interface Hooks extends ProgressSinks {
  log(entry: LogEntry): void;
}

export type LoadModel = (model: string, more?: LoadOptions) => Promise<LLM>;

/** Once for a process: models share one runtime, one cache and one GPU. */
export async function modelLoader(values: ModelValues, { show, step, log }: Hooks): Promise<LoadModel> {
  const folder = values['download-dir'];
  // Deno has a Cache API of its own.
  if (typeof caches === 'undefined' || folder !== undefined) installDiskCache(folder ?? cacheFolder());
  const noWebGpu = await installWebGpu(deviceOf(values));
  if (noWebGpu !== null) step(noWebGpu);
  const { LLM } = await import('../src/edge.ts');
  return (model, more = {}) =>
    LLM.load(model, {
      ...loadOptions(values, model),
      ...more,
      onLog: log,
      onProgress: loadProgress(more.servedModelName ?? model, { show, step }),
    });
}
