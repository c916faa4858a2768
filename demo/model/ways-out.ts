/** An error and how to repeat what failed in; the buttons that make sense after it out, the best one first. */
import type { WayOut } from '../ui/error-box.ts';
import { codeOf } from '../ui/error-words.ts';
import type { KeptChoice } from './kept-runtime.ts';
import type { ModelHost } from './model-host.ts';

const useKept: Record<KeptChoice, string> = { wasm: 'Use the CPU', auto: 'Use the GPU if it computes right' };

export function waysOut(error: unknown, host: ModelHost, retry: () => void): WayOut[] {
  const again = { label: 'Try again', run: retry };
  const useCpu = { label: useKept.wasm, run: () => void host.load('wasm') };
  switch (codeOf(error)) {
    case 'webgpu-unavailable':
    case 'webgpu-wrong-results':
      return [useCpu, again];
    case 'device-lost':
    case 'non-finite-output':
      return host.device === 'wasm' ? [again] : [again, useCpu];
    // The engine in this worker is beyond repair; a new one comes with a new load.
    case 'runtime-failed':
    case 'disposed':
      return [{ label: 'Reload the model', run: () => void host.load() }, again];
    default:
      return [again];
  }
}

/** Of a load whose runtime is not in this browser, while there is no network. */
export const waysToKept = (kept: KeptChoice, host: ModelHost): WayOut[] => [
  { label: useKept[kept], run: () => void host.load(kept) },
  { label: 'Try again', run: () => void host.load() },
];
