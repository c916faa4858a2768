/** Doubles for tests of the engine: an ORT that counts what it gives and gets back, a model for it, and a GPU that can be lost. */
import type { Gpu } from '../gpu/device.ts';
import type { GraphValue } from '../onnx/graph-values.ts';
import type { Ort } from '../onnx/session.ts';
import { batch } from '../pipeline/batch.ts';
import type { GraphOutput, PoolSpec } from '../shapes.ts';
import type { ModelShape } from '../model/graph.ts';
import type { ModelWeights } from './backend.ts';

export const HIDDEN = 4;

/** `during` is called in each run. */
export function countingOrt(options: { fails?: boolean; during?: () => void } = {}) {
  const count = { created: 0, released: 0, tensors: 0, disposed: 0, busy: 0, mostBusy: 0 };
  const task = async <T>(work: () => T): Promise<T> => {
    count.mostBusy = Math.max(count.mostBusy, ++count.busy);
    await new Promise((resolve) => setTimeout(resolve, 1));
    count.busy--;
    return work();
  };
  const session = {
    inputMetadata: [{ name: 'input_ids', isTensor: true, type: 'int64', shape: ['b', 's'] }],
    outputMetadata: [{ name: 'last_hidden_state', isTensor: true, type: 'float32', shape: ['b', 's', HIDDEN] }],
    outputNames: ['last_hidden_state'],
    run: ({ input_ids: { dims } }: { input_ids: { dims: number[] } }) =>
      task(() => {
        options.during?.();
        if (options.fails) throw new Error('no');
        count.tensors++;
        const size = [...dims, HIDDEN].reduce((a, b) => a * b);
        return {
          last_hidden_state: {
            dims: [...dims, HIDDEN],
            type: 'float32',
            location: 'cpu',
            data: new Float32Array(size).fill(1),
            dispose: () => count.disposed++,
          },
        };
      }),
    release: () => task(() => count.released++),
  };
  class Tensor {
    constructor(
      readonly type: string,
      readonly data: unknown,
      readonly dims: number[],
    ) {}
  }
  const ort = { InferenceSession: { create: () => task(() => (count.created++, session)) }, Tensor } as unknown as Ort;
  return { ort, count };
}

const output: GraphOutput = { name: 'last_hidden_state', rows: 'token', width: HIDDEN };
export const weights = (shape: Partial<ModelShape> = {}): ModelWeights => {
  const inputs: GraphValue[] = [{ name: 'input_ids', type: 'int64', dims: ['batch', 'sequence'] }];
  const outline = {
    externalFiles: [],
    quantizesActivations: false,
    padsRight: false,
    positions: null,
    bfloat16Outputs: [],
    inputs,
    outputs: [output],
  };
  return {
    onnx: new Uint8Array(),
    external: [],
    outline,
    inputShape: { firstPosition: 0, kvHeads: null, headDim: null },
    graphOf: () => ({
      outputs: { states: output, pooled: null, logits: null },
      shape: { hidden: HIDDEN, widest: HIDDEN, alone: false, ...shape },
      probed: output,
    }),
  };
};
export const input = () => batch([{ ids: Int32Array.of(1, 2, 3) }, { ids: Int32Array.of(4) }], { id: 0, side: 'right' });
export const spec: PoolSpec = {
  output,
  types: ['MEAN'],
  stepTagId: null,
  columns: null,
  dimensions: HIDDEN,
  normalize: true,
  adapter: null,
};

/** A device that does nothing. Its loss is announced by `lose`, as by the browser, after the fact. */
export function fakeGpu(): { gpu: Gpu; lose(): void } {
  let announce = () => {};
  const lost = new Promise<GPUDeviceLostInfo>(
    (resolve) => (announce = () => resolve({ reason: 'unknown', message: '' } as GPUDeviceLostInfo)),
  );
  const device = { limits: { maxStorageBufferBindingSize: 2 ** 27 }, lost, destroy: () => {} } as unknown as GPUDevice;
  const gpu: Gpu = { device, name: 'fake', lost: false };
  void lost.then(() => (gpu.lost = true));
  return { gpu, lose: announce };
}
