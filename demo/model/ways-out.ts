/** An error and how to repeat what failed in; the buttons that make sense after it out, the best one first. */
import type { WayOut } from '../ui/error-box.ts';
import { codeOf } from '../ui/error-words.ts';
import type { ModelHost } from './model-host.ts';

export function waysOut(error: unknown, host: ModelHost, retry: () => void): WayOut[] {
  const again = { label: 'Try again', run: retry };
  const useCpu = { label: 'Use the CPU', run: () => void host.load('wasm') };
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
