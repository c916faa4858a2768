/** The model's state in; the badge's few words, and the sentences behind them, out. */
import type { ModelInfo } from 'rockpool';
import type { ModelState } from '../model/model-host.ts';
import { duration } from '../ui/format.ts';

export function deviceName(state: ModelState): string {
  if (state.kind === 'loading') return 'Loading the model';
  if (state.kind !== 'ready') return 'No model loaded';
  const { device, adapter, threads } = state.info;
  if (device === 'webgpu') return adapter ? `WebGPU · ${adapter}` : 'WebGPU';
  return `CPU (WASM) · ${threads === 1 ? '1 thread' : `${threads} threads`}`;
}

export function describeDevice(state: ModelState): string[] {
  if (state.kind !== 'ready')
    return ['The model will run on this machine: on the graphics card through WebGPU if that computes right, else on the CPU.'];
  const { info } = state;
  const warnings = state.warnings.filter((warning) => info.fallback === null || !warning.includes(info.fallback));
  return [where(info), why(info), check(info), times(info), ...warnings].filter((sentence) => sentence !== '');
}

function where({ device, adapter, threads }: ModelInfo): string {
  if (device === 'webgpu') return `The model runs on your graphics card through WebGPU${adapter ? ` (${adapter})` : ''}.`;
  const isolated = threads === 1 ? 'one thread; more need a server that isolates the page' : `${threads} threads`;
  return `The model runs on your CPU, as WebAssembly, in a worker with ${isolated}.`;
}

function why({ fallback }: ModelInfo): string {
  if (!fallback) return '';
  const reason = 'gpu' in navigator ? fallback : 'this browser does not have it';
  return `WebGPU is not used: ${withStop(reason)} Your results are right, only slower.`;
}

function check({ selfCheck, device, fallback }: ModelInfo): string {
  if (selfCheck === null || fallback?.includes('cosine')) return '';
  const cosine = selfCheck.toFixed(4);
  return device === 'webgpu'
    ? `Before WebGPU was trusted, a test sentence was computed on it and on the CPU: cosine ${cosine}, where 1 is the same.`
    : `A test sentence computed on both gave a cosine of ${cosine}, where 1 is the same and less than 0.99 is refused.`;
}

function times({ loadTimings: { files, compile, check: checked, total }, dtype }: ModelInfo): string {
  const parts = [`files ${duration(files)}`, `compile ${duration(compile)}`, checked > 0 ? `check ${duration(checked)}` : '']
    .filter(Boolean)
    .join(', ');
  return `Loaded in ${duration(total)}: ${parts}. Weights: ${dtype}.`;
}

const withStop = (sentence: string): string => (/[.!?]$/.test(sentence) ? sentence : `${sentence}.`);
