/** Sessions and tensors are given back, and ORT never has two things to do at once. ORT itself is played by a double that counts. */
import { describe, expect, test } from 'vitest';
import type { GraphValue } from '../model/graph-values.ts';
import type { Ort } from '../model/session.ts';
import type { GraphOutput, PoolSpec } from '../shapes.ts';
import { batch } from '../pipeline/batch.ts';
import type { ModelShape } from '../tasks/graph.ts';
import { openBackend, type ModelWeights } from './backend.ts';

const HIDDEN = 4;

function countingOrt(options: { fails?: boolean } = {}) {
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
const weights = (shape: Partial<ModelShape> = {}): ModelWeights => {
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
const input = () => batch([{ ids: Int32Array.of(1, 2, 3) }, { ids: Int32Array.of(4) }], { id: 0, side: 'right' });
const spec: PoolSpec = {
  output,
  types: ['MEAN'],
  stepTagId: null,
  columns: null,
  dimensions: HIDDEN,
  normalize: true,
  adapter: null,
};

describe('backend', () => {
  test('every tensor and session is given back, also after a failure', async () => {
    const { ort, count } = countingOrt();
    const backend = await openBackend(ort, weights(), null, { bytes: 0 });
    for (let i = 0; i < 3; i++) await backend.forward(input(), spec);
    await expect(backend.forward(input(), { ...spec, dimensions: -1 })).rejects.toThrow();
    await backend.close();
    expect(count).toMatchObject({ created: 1, released: 1, tensors: 4, disposed: 4 });
  });

  test('two models in one realm never run, are made or are released at the same time', async () => {
    const { ort, count } = countingOrt();
    const open = () => openBackend(ort, weights(), null, { bytes: 0 });
    const [a, b] = await Promise.all([open(), open()]);
    await Promise.all([a.forward(input(), spec), b.forward(input(), spec), open().then((c) => c.close()), a.forward(input(), spec)]);
    await Promise.all([a.close(), b.close()]);
    expect(count).toMatchObject({ mostBusy: 1, created: 3, released: 3 });
  });

  test('a run that fails does not stop the queue', async () => {
    const failing = countingOrt({ fails: true });
    const backend = await openBackend(failing.ort, weights(), null, { bytes: 0 });
    await expect(backend.forward(input(), spec)).rejects.toThrow('no');
    await backend.close();
    expect(failing.count.released).toBe(1);
  });

  test('states of another width than config.json says are refused', async () => {
    const { ort, count } = countingOrt();
    const backend = await openBackend(ort, weights(), null, { bytes: 0 });
    const wide = { ...spec, output: { ...spec.output, width: HIDDEN * 2 }, dimensions: HIDDEN * 2 };
    await expect(backend.forward(input(), wide)).rejects.toMatchObject({ code: 'unsupported-model' });
    expect(count.disposed).toBe(1);
  });

  test('a model whose rows change each other gets rows of their own', async () => {
    const { ort } = countingOrt();
    const open = (alone: boolean) => openBackend(ort, weights({ alone }), null, { bytes: 0 });
    expect((await open(true)).budget.rows).toBe(1);
    expect((await open(false)).budget.rows).toBeGreaterThan(1);
  });

  test('logits over a vocabulary get smaller batches: they would fill the memory of WebAssembly', async () => {
    const { ort } = countingOrt();
    const { budget } = await openBackend(ort, weights({ widest: 150_000 }), null, { bytes: 0 });
    expect(budget.tokens * 150_000 * 4).toBeLessThanOrEqual(128 * 2 ** 20);
    expect(budget.tokens).toBeGreaterThan(100);
  });
});
