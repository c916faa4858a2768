/** ONNX bytes -> a session that turns batches into hidden states. The only file that touches onnxruntime-web, handed in by the composition root. */
import type * as OrtTypes from 'onnxruntime-web';
import { asPoolingError, PoolingError } from '../errors.ts';
import type { OnnxOutline } from './onnx-outline.ts';
import { free } from '../memory.ts';
import type { Batch, HiddenStates } from '../shapes.ts';

export type Ort = typeof OrtTypes;

/** Hidden states of one run. `release` gives them back to ORT: what is not released is lost for good, and what is must not be read. */
export type RunResult = HiddenStates & { release(): void };

export interface Session {
  run(batch: Batch): Promise<RunResult>;
  release(): Promise<void>;
}

export interface Weights {
  onnx: Uint8Array;
  /** What rockpool itself has to know of `onnx`. */
  outline: OnnxOutline;
  /** `path` is the name that the ONNX file uses. */
  external: readonly { path: string; data: Uint8Array }[];
}

type Feeds = Record<string, OrtTypes.Tensor>;

/**
 * Never call create, run or release while another of them is in flight in the same realm, on any session: ORT 1.30 freezes or corrupts its
 * memory. The engine's queue sees to it.
 */
export async function createSession(ort: Ort, weights: Weights, device: GPUDevice | null): Promise<Session> {
  const session = await ort.InferenceSession.create(weights.onnx, sessionOptions(weights, device)).catch((error: unknown) => {
    // The runtime itself starts with the first session.
    if (/no available backend|initWasm/.test(String(error))) throw asPoolingError(error, 'runtime-failed', 'onnxruntime-web cannot start');
    throw asPoolingError(error, 'model-file-invalid', 'onnxruntime-web cannot load the model');
  });
  try {
    const output = hiddenStatesOutput(session);
    const inputs = session.inputMetadata.map((input) => feeder(input));
    return {
      async run(batch) {
        const feeds: Feeds = {};
        for (const feed of inputs) feed(ort, batch, feeds);
        const result = await session.run(feeds, [output]);
        return hiddenStates(result[output]!, batch);
      },
      release: () => session.release(),
    };
  } catch (error) {
    await session.release();
    throw error;
  }
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

/** Names that exporters give the token states, best known first. */
const OUTPUT_NAMES = ['last_hidden_state', 'token_embeddings', 'hidden_states'];

function hiddenStatesOutput(session: OrtTypes.InferenceSession): string {
  const candidates = session.outputMetadata.filter(
    (output) => output.isTensor && output.shape.length === 3 && (output.type === 'float32' || output.type === 'float16'),
  );
  const byName = OUTPUT_NAMES.map((name) => candidates.find((output) => output.name === name)).find((output) => output);
  const found = byName ?? (candidates.length === 1 ? candidates[0] : undefined);
  if (found) return found.name;
  throw new PoolingError(
    'unsupported-model',
    `The ONNX model has no output of token states [batch, tokens, hidden]; it has: ${session.outputNames.join(', ')}. Use an export with last_hidden_state.`,
  );
}

/** One function per model input that knows where its values come from. */
function feeder(input: OrtTypes.InferenceSession.ValueMetadata): (ort: Ort, batch: Batch, feeds: Feeds) => void {
  const values = inputValues(input.name);
  if (!input.isTensor || !values || (input.type !== 'int64' && input.type !== 'int32')) {
    throw new PoolingError('unsupported-model', `The ONNX model has an input "${input.name}" that rockpool does not know how to fill.`);
  }
  const { name, type } = input;
  return (ort, batch, feeds) => {
    const data = values(batch);
    feeds[name] = new ort.Tensor(type, type === 'int64' ? data : Int32Array.from(data, Number), [batch.rows, batch.tokens]);
  };
}

function inputValues(name: string): ((batch: Batch) => BigInt64Array) | undefined {
  switch (name) {
    case 'input_ids':
      return (batch) => batch.ids;
    case 'attention_mask':
      return (batch) => batch.mask;
    case 'token_type_ids':
      return (batch) => batch.typeIds;
    case 'position_ids':
      return positionIds;
    default:
      return undefined;
  }
}

/** 0, 1, 2, … over the real tokens of each row, whichever side the padding is on. */
function positionIds({ mask, rows, tokens }: Batch): BigInt64Array {
  const ids = new BigInt64Array(rows * tokens);
  for (let row = 0; row < rows; row++) {
    let position = 0n;
    for (let i = row * tokens; i < (row + 1) * tokens; i++) if (mask[i]) ids[i] = position++;
  }
  return ids;
}

function hiddenStates(tensor: OrtTypes.Tensor, batch: Batch): RunResult {
  const hidden = tensor.dims[2] ?? 0;
  const tokens = batch.rows * batch.tokens;
  if (tensor.dims[0] !== batch.rows || tensor.dims[1] !== batch.tokens) {
    tensor.dispose();
    throw new PoolingError(
      'unsupported-model',
      `The model gave states of shape [${tensor.dims.join(', ')}] for a batch of [${batch.rows}, ${batch.tokens}] tokens.`,
    );
  }
  const common = { tokens, hidden };
  if (tensor.location === 'gpu-buffer') {
    const buffer = tensor.gpuBuffer as GPUBuffer;
    return { ...common, location: 'gpu', type: tensor.type as 'float32' | 'float16', buffer, release: () => tensor.dispose() };
  }
  // ORT's own copy, out of WebAssembly's memory.
  const values = tensor.data as Float32Array<ArrayBuffer> | Uint16Array<ArrayBuffer>;
  const release = () => {
    tensor.dispose();
    free(values);
  };
  if (tensor.type === 'float32') return { ...common, location: 'cpu', type: 'float32', data: values as Float32Array, release };
  // Float16Array where the runtime has it, Uint16Array elsewhere: the same bytes.
  const data = new Uint16Array(values.buffer, values.byteOffset, values.length);
  return { ...common, location: 'cpu', type: 'float16', data, release };
}
