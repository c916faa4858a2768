/** A model on one device: padded batches and spans in, pooled rows out. */
import { PoolingError } from '../errors.ts';
import type { Gpu } from '../gpu/device.ts';
import type { ReadBackCounter } from '../gpu/readback.ts';
import { takesOneText, type InputShape } from '../model/graph-inputs.ts';
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
  /** Most pairs of tokens, rows * longest * longest: attention has a value for each, in every head. */
  pairs: number;
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
  shape: InputShape,
): Promise<Backend> {
  const session = await realmQueue.run(() => createSession(ort, weights, gpu?.device ?? null, shape));
  // Rows that change each other's scale go alone, and then need no padding either.
  const alone = weights.outline.quantizesActivations || takesOneText(weights.outline.inputs);
  const budget = gpu ? gpuBudget(gpu.device, hidden) : WASM_BUDGET;
  const pooler = gpu ? new GpuPooler(gpu.device, readBack) : new CpuPooler();
  return {
    device: gpu ? 'webgpu' : 'wasm',
    gpu,
    budget: alone ? { ...budget, rows: 1 } : budget,
    async forward(batch, spec) {
      const work = async () => {
        const begin = performance.now();
        const states = await session.run(batch, spec.output, spec.adapter);
        try {
          const { width } = spec.output;
          if (width !== 0 && states.hidden !== width) throw wrongWidth(spec.output.name, states.hidden, width);
          const inferred = performance.now();
          // ORT's run() resolves on a lost device too; only reading back would fail.
          if (gpu?.lost) throw new DeviceLost();
          const rows = await pooler.pool(states, spansOf(batch, spec), spec);
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
      try {
        await realmQueue.run(() => session.release());
      } finally {
        gpu?.device.destroy();
      }
    },
  };
}

/** Small batches are fastest on a CPU: there is no launch cost to share, and short rows stay in its caches. Measured by `npm run bench`. */
export const WASM_BUDGET: BatchBudget = { tokens: 512, rows: 4, pairs: Infinity };

/**
 * A GPU wants thousands of tokens a launch; its largest buffer must hold their widest activations (four times the states, in most models) and
 * the attention scores of every head (of 32 values or more).
 */
function gpuBudget(device: GPUDevice, hidden: number): BatchBudget {
  const floats = device.limits.maxStorageBufferBindingSize / 4;
  return { tokens: Math.min(16_384, Math.floor(floats / (hidden * 4))), rows: 256, pairs: Math.floor(floats / Math.ceil(hidden / 32)) };
}

/** Pooling by the wrong width would mix neighbouring tokens into vectors that look fine. */
function wrongWidth(name: string, found: number, expected: number): PoolingError {
  return new PoolingError(
    'unsupported-model',
    `The ONNX model's output "${name}" has rows of ${found} values, where ${expected} were expected.`,
  );
}

function lostSoon(gpu: Gpu): Promise<boolean> {
  return Promise.race([gpu.device.lost.then(() => true), new Promise<boolean>((resolve) => setTimeout(resolve, 100, false))]);
}
