/** A model on one device: padded batches and spans in, pooled rows out. */
import { PoolingError } from '../errors.ts';
import type { Gpu } from '../gpu/device.ts';
import type { ReadBackCounter } from '../gpu/readback.ts';
import type { InputShape } from '../onnx/graph-inputs.ts';
import { createSession, type Ort, type Session, type Weights } from '../onnx/session.ts';
import { CpuPooler } from '../pooling/cpu-pooler.ts';
import { GpuPooler } from '../pooling/gpu-pooler.ts';
import { spansOf } from '../pooling/spans.ts';
import type { Batch, GraphOutput, PoolSpec, Rows } from '../shapes.ts';
import type { Graph, ModelShape } from '../model/graph.ts';
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
  graph: Graph;
  budget: BatchBudget;
  forward(batch: Batch, spec: PoolSpec): Promise<Forward>;
  /** Releases the session. The GPUDevice, which is ours, is destroyed. */
  close(): Promise<void>;
}

/** The device died under the work; the work itself is fine and can be done again on another. */
export class DeviceLost extends Error {
  override readonly name = 'DeviceLost';

  constructor(options?: { cause: unknown }) {
    super('The GPU device was lost.', options);
  }
}

/** Weights, and what the model's files say of the graph in them. */
export interface ModelWeights extends Weights {
  inputShape: InputShape;
  /** Throws if there is nothing to pool. */
  graphOf(outputs: readonly GraphOutput[]): Graph;
}

export async function openBackend(ort: Ort, weights: ModelWeights, gpu: Gpu | null, readBack: ReadBackCounter): Promise<Backend> {
  const session = await realmQueue.run(() => createSession(ort, weights, gpu?.device ?? null, weights.inputShape));
  return backendOf(session, await readGraph(session, weights), gpu, readBack);
}

/** Apart from the weights: functions that are made beside them would hold the file's bytes as long as the model is there. */
function backendOf(session: Session, graph: Graph, gpu: Gpu | null, readBack: ReadBackCounter): Backend {
  const { shape } = graph;
  const budget = gpu ? gpuBudget(gpu.device, shape) : wasmBudget(shape);
  const pooler = gpu ? new GpuPooler(gpu.device, readBack) : new CpuPooler();
  return {
    device: gpu ? 'webgpu' : 'wasm',
    gpu,
    graph,
    // Rows that change each other go alone, and then need no padding either.
    budget: shape.alone ? { ...budget, rows: 1 } : budget,
    async forward(batch, spec) {
      const work = async () => {
        const begin = performance.now();
        const states = await session.run(batch, spec.output, spec.adapter);
        try {
          if (states.hidden !== spec.output.width) throw wrongWidth(states.hidden, spec.output);
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
        if (gpu && (gpu.lost || (await lostSoon(gpu)))) throw new DeviceLost({ cause: error });
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

async function readGraph(session: Session, weights: ModelWeights): Promise<Graph> {
  try {
    return weights.graphOf(session.outputs);
  } catch (error) {
    await realmQueue.run(() => session.release());
    throw error;
  }
}

/** Small batches are fastest on a CPU: there is no launch cost to share, and short rows stay in its caches. Measured by `npm run bench`. */
export const WASM_BUDGET: BatchBudget = { tokens: 512, rows: 4, pairs: Infinity };

/** Most float32 values of one output, 128 MiB: logits over a vocabulary fill WebAssembly's memory fast, and it never shrinks. */
const WASM_FLOATS = 2 ** 25;

function wasmBudget({ widest }: ModelShape): BatchBudget {
  return { ...WASM_BUDGET, tokens: Math.min(WASM_BUDGET.tokens, Math.max(1, Math.floor(WASM_FLOATS / widest))) };
}

/**
 * A GPU wants thousands of tokens a launch; its largest buffer must hold their widest activations (four times the states in most models, or the
 * output) and the attention scores of every head (of 32 values or more).
 */
function gpuBudget(device: GPUDevice, { hidden, widest }: ModelShape): BatchBudget {
  const floats = device.limits.maxStorageBufferBindingSize / 4;
  return {
    tokens: Math.min(16_384, Math.max(1, Math.floor(floats / Math.max(hidden * 4, widest)))),
    rows: 256,
    pairs: Math.floor(floats / Math.ceil(hidden / 32)),
  };
}

/** Pooling by the wrong width would mix neighbouring tokens into vectors that look fine. */
function wrongWidth(found: number, { name, width }: GraphOutput): PoolingError {
  return new PoolingError(
    'unsupported-model',
    `The output ${name} of the ONNX model has rows of ${found} values, and the model's files say ${width}: they are not of one model.`,
  );
}

function lostSoon(gpu: Gpu): Promise<boolean> {
  return Promise.race([gpu.device.lost.then(() => true), new Promise<boolean>((resolve) => setTimeout(resolve, 100, false))]);
}
