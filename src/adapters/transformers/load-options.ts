/** Options of transformers.js' `pipeline` -> those of `LLM.load`. */
import type { Dtype, LoadOptions, LoadProgress } from '../../types.ts';

export type ProgressInfo =
  | { status: 'initiate' | 'download' | 'done'; name: string; file: string }
  | { status: 'progress'; name: string; file: string; progress: number; loaded: number; total: number }
  | { status: 'progress_total'; name: string; progress: number; loaded: number; total: number; files: FilesProgress }
  | { status: 'ready'; task: string; model: string };

/** Bytes, by file. */
export type FilesProgress = Record<string, { loaded: number; total: number }>;

/** Options of `LLM.load`, and transformers.js' names for some of them. Others of its options are an error. */
export interface PipelineOptions extends Omit<LoadOptions, 'device' | 'dtype'> {
  /** Default `auto`: WebGPU where it is right, else WASM. transformers.js' default is WASM in a browser. `gpu` is `webgpu`, `cpu` is `wasm`. */
  device?: LoadOptions['device'] | 'gpu' | 'cpu' | null;
  /** Default, and `auto`: the first that exists of q8, fp32, fp16, q4. */
  dtype?: Dtype | 'auto' | null;
  /** Branch, tag or commit on the hub. Default `main`. */
  revision?: string | null;
  /** Told of files as they come, and of the end. `progress` is 0 to 100; the others are bytes. What it throws is reported as an uncaught error. */
  progress_callback?: ((info: ProgressInfo) => void) | null;
}

const DEVICES: Readonly<Record<string, LoadOptions['device']>> = { gpu: 'webgpu', cpu: 'wasm' };

/** Null means "default", as in transformers.js. */
export function loadOptions(options: PipelineOptions, task: string, model: unknown): LoadOptions {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== null)) as Partial<PipelineOptions>;
  const { device, dtype, revision, progress_callback, onProgress, hub, ...rest } = given;
  const name = typeof model === 'string' || model instanceof URL ? String(model) : 'model';
  const tell = progress_callback && teller(progress_callback, task, name);
  return {
    ...rest,
    ...(device && { device: Object.hasOwn(DEVICES, device) ? DEVICES[device] : (device as LoadOptions['device']) }),
    ...(dtype && dtype !== 'auto' && { dtype }),
    ...(revision ? { hub: { ...hub, revision } } : hub && { hub }),
    onProgress: (progress: LoadProgress) => {
      onProgress?.(progress);
      tell?.(progress);
    },
  } as LoadOptions;
}

function teller(tell: (info: ProgressInfo) => void, task: string, name: string): (progress: LoadProgress) => void {
  const files: FilesProgress = {};
  return ({ phase, file, fileLoaded, fileTotal, loaded, total }) => {
    if (phase === 'ready') tell({ status: 'ready', task, model: name });
    if (file === undefined) return;
    if (!Object.hasOwn(files, file)) for (const status of ['initiate', 'download'] as const) tell({ status, name, file });
    files[file] = { loaded: fileLoaded, total: fileTotal };
    tell({ status: 'progress', name, file, progress: percent(fileLoaded, fileTotal), loaded: fileLoaded, total: fileTotal });
    tell({ status: 'progress_total', name, progress: percent(loaded, total), loaded, total, files: structuredClone(files) });
    if (fileLoaded === fileTotal) tell({ status: 'done', name, file });
  };
}

function percent(part: number, whole: number): number {
  return whole > 0 ? (part / whole) * 100 : 0;
}
