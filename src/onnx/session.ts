/** ONNX bytes -> a session that turns batches into a graph's output. The only file that touches onnxruntime-web, handed in by the composition root. */
import type * as OrtTypes from 'onnxruntime-web';
import { asPoolingError, PoolingError } from '../errors.ts';
import type { Batch, GraphOutput } from '../shapes.ts';
import { castBfloat16, castName } from './bfloat16.ts';
import { inputFillers, type InputShape } from './graph-inputs.ts';
import type { OnnxOutline } from './onnx-outline.ts';
import { runResult, type RunResult } from './run-result.ts';

export type Ort = typeof OrtTypes;
export type OrtTensor = OrtTypes.Tensor;

export interface Session {
  /** As in the outline, with the widths that the file does not tell and onnxruntime-web infers. */
  outputs: readonly GraphOutput[];
  /** `adapter` is the value of the input `task_id`; null if there is none. */
  run(batch: Batch, output: GraphOutput, adapter: number | null): Promise<RunResult>;
  release(): Promise<void>;
}

export interface Weights {
  onnx: Uint8Array;
  /** What rockpool itself has to know of `onnx`. */
  outline: OnnxOutline;
  /** `path` is the name that the ONNX file uses. */
  external: readonly { path: string; data: Uint8Array }[];
}

/**
 * Never call create, run or release while another of them is in flight in the same realm, on any session: ORT 1.30 freezes or corrupts its
 * memory. The engine's queue sees to it.
 */
export async function createSession(ort: Ort, weights: Weights, device: GPUDevice | null, shape: InputShape): Promise<Session> {
  const { outline } = weights;
  const fillers = inputFillers(outline.inputs, shape);
  const onnx = castBfloat16(weights.onnx, outline);
  const session = await ort.InferenceSession.create(onnx, sessionOptions(weights, device)).catch((error: unknown) => {
    // The runtime itself starts with the first session.
    if (/no available backend|initWasm/.test(String(error))) throw asPoolingError(error, 'runtime-failed', 'onnxruntime-web cannot start');
    if (outline.bfloat16Outputs.length > 0 && String(error).includes('Cast')) throw noBfloat16(error);
    throw asPoolingError(error, 'model-file-invalid', 'onnxruntime-web cannot load the model');
  });
  return {
    outputs: outline.outputs.map((output) => ({
      ...output,
      width: output.width || inferredWidth(session, castName(output.name, outline)),
    })),
    async run(batch, output, adapter) {
      const feeds: Record<string, OrtTensor> = {};
      for (const [name, fill] of fillers) {
        const { type, data, dims } = fill(batch, adapter);
        feeds[name] = new ort.Tensor(type, data, dims);
      }
      const name = castName(output.name, outline);
      // Only this one: a decoder's keys and values for the next step would be the larger part of what it gives.
      const result = await session.run(feeds, [name]);
      return runResult(result[name]!, batch, output);
    },
    release: () => session.release(),
  };
}

/** The file is fine, and must not be dropped from the cache. Seen in 1.30: the build without WebGPU has the kernels. */
function noBfloat16(cause: unknown): PoolingError {
  return new PoolingError(
    'unsupported-model',
    'The ONNX model gives bfloat16, and the build of onnxruntime-web with WebGPU cannot convert it. Use device "wasm", or an export in float32 or float16.',
    { cause },
  );
}

/** Built anew each time: create() writes into the object it is given. */
function sessionOptions(weights: Weights, device: GPUDevice | null): OrtTypes.InferenceSession.SessionOptions {
  return {
    // The types of 1.30 lack `device`; its code reads it and checks that it is a GPUDevice.
    executionProviders: [device ? ({ name: 'webgpu', device } as OrtTypes.InferenceSession.ExecutionProviderConfig) : 'wasm'],
    ...(device && { preferredOutputLocation: 'gpu-buffer' as const }),
    externalData: weights.external.map(({ path, data }) => ({ path, data })),
    // Warnings about nodes on the CPU are normal for shape arithmetic, and would be printed at every load.
    logSeverityLevel: 3,
  };
}

function inferredWidth({ outputMetadata }: OrtTypes.InferenceSession, name: string): number {
  const found = outputMetadata.find((output) => output.name === name);
  const width = found?.isTensor ? found.shape.at(-1) : null;
  return typeof width === 'number' && width > 0 ? width : 0;
}
