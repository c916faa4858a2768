/** A model on one device: padded batches and spans in, pooled rows out. */
import type { Gpu } from '../gpu/device.ts';
import type { ReadBackCounter } from '../gpu/readback.ts';
import { createSession, type Ort, type Weights } from '../model/session.ts';
import { CpuPooler } from '../pooling/cpu-pooler.ts';
import { GpuPooler } from '../pooling/gpu-pooler.ts';
import { spansOf } from '../pooling/spans.ts';
import type { Batch, PoolSpec, Rows } from '../shapes.ts';
import type { Device } from '../types.ts';
import { realmQueue } from './queue.ts';

export interface BatchBudget {
  /** Most padded tokens in one batch. A single window may be longer. */
  tokens: number;
  rows: number;
}

export interface Forward {
  rows: Rows;
  /** Milliseconds in the model, and in pooling with its read-back. */
  infer: number;
  pool: number;
}

export interface Backend {
  device: Device;
  gpu: Gpu | null;
  budget: BatchBudget;
  forward(batch: Batch, spec: PoolSpec): Promise<Forward>;
  /** Releases the session. The GPUDevice, which is ours, is destroyed. */
  close(): Promise<void>;
}

/** The device died under the work; the work itself is fine and can be done again on another. */
export class DeviceLost extends Error {}

export async function openBackend(
  ort: Ort,
  weights: Weights,
  hidden: number,
  gpu: Gpu | null,
  readBack: ReadBackCounter,
): Promise<Backend> {
  const session = await realmQueue.run(() => createSession(ort, weights, gpu?.device ?? null));
  const pooler = gpu ? new GpuPooler(gpu.device, readBack) : new CpuPooler();
  return {
    device: gpu ? 'webgpu' : 'wasm',
    gpu,
    budget: gpu ? gpuBudget(gpu.device, hidden) : WASM_BUDGET,
    async forward(batch, spec) {
      const work = async () => {
        const begin = performance.now();
        const states = await session.run(batch);
        try {
          const inferred = performance.now();
          // ORT's run() resolves on a lost device too; only reading back would fail.
          if (gpu?.lost) throw new DeviceLost();
          const rows = await pooler.pool(states, spansOf(batch.mask, batch.rows, batch.tokens, spec.type), spec);
          return { rows, infer: inferred - begin, pool: performance.now() - inferred };
        } finally {
          states.release();
        }
      };
      try {
        const result = await realmQueue.run(work);
        if (gpu?.lost) throw new DeviceLost();
        return result;
      } catch (error) {
        // The loss is announced in a task of its own, which may come after the error it caused.
        if (gpu && (gpu.lost || (await lostSoon(gpu)))) throw new DeviceLost('The GPU device was lost.', { cause: error });
        throw error;
      }
    },
    async close() {
      await realmQueue.run(() => session.release());
      gpu?.device.destroy();
    },
  };
}

/** Small batches are fastest on a CPU: there is no launch cost to share, and short rows stay in its caches. Measured by `npm run bench`. */
export const WASM_BUDGET: BatchBudget = { tokens: 512, rows: 4 };

/** A GPU wants thousands of tokens a launch; its largest buffer must hold their states, and the wider activations between them. */
function gpuBudget(device: GPUDevice, hidden: number): BatchBudget {
  const bytesPerToken = hidden * 4 * 4;
  const most = Math.floor(device.limits.maxStorageBufferBindingSize / bytesPerToken);
  return { tokens: Math.max(512, Math.min(16_384, most)), rows: 256 };
}

function lostSoon(gpu: Gpu): Promise<boolean> {
  return Promise.race([gpu.device.lost.then(() => true), new Promise<boolean>((resolve) => setTimeout(resolve, 100, false))]);
}
