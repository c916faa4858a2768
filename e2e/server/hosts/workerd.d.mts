import type { Miniflare, WorkerOptions } from 'miniflare';

export interface WorkerModules {
  script: string;
  wasm: Buffer;
}

export function bundleWorker(input: string, virtual?: Readonly<Record<string, string>>): Promise<WorkerModules>;

export function startWorkerd(
  modules: WorkerModules,
  bindings: Partial<WorkerOptions> & { inspectorPort?: number },
): Promise<{ url: string; miniflare: Miniflare; stop(): Promise<void> }>;

export function workerdsOf(parent?: number): number[];

export function privateMemory(pid: number): number;
