/** Sessions and tensors are given back, and ORT never has two things to do at once. ORT itself is played by a double that counts. */
import { describe, expect, test } from 'vitest';
import type { GraphValue } from '../model/graph-values.ts';
import type { Ort } from '../model/session.ts';
import { batch } from '../pipeline/batch.ts';
import type { GraphOutput, PoolSpec } from '../shapes.ts';
import { openBackend } from './backend.ts';

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
    outputMetadata: [{ name: 'last_hidden_state', isTensor: true, type: 'float32', shape: ['b', 's', HIDDEN] }],
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
const weights = (quantizesActivations = false, rows: string | number = 'batch') => {
  const inputs: GraphValue[] = [{ name: 'input_ids', type: 'int64', dims: [rows, 'sequence'] }];
  const nothing = { externalFiles: [], padsRight: false, positions: null, bfloat16Outputs: [] };
  return { onnx: new Uint8Array(), external: [], outline: { ...nothing, quantizesActivations, inputs, outputs: [output] } };
};
const shape = { firstPosition: 0, kvHeads: null, headDim: null };
const input = () => batch([{ ids: Int32Array.of(1, 2, 3) }, { ids: Int32Array.of(4) }], { id: 0, side: 'right' });
const spec: PoolSpec = { output, types: ['MEAN'], stepTagId: null, columns: null, dimensions: HIDDEN, normalize: true, adapter: null };

describe('backend', () => {
  test('every tensor and session is given back, also after a failure', async () => {
    const { ort, count } = countingOrt();
    const backend = await openBackend(ort, weights(), HIDDEN, null, { bytes: 0 }, shape);
    for (let i = 0; i < 3; i++) await backend.forward(input(), spec);
    await expect(backend.forward(input(), { ...spec, dimensions: -1 })).rejects.toThrow();
    await backend.close();
    expect(count).toMatchObject({ created: 1, released: 1, tensors: 4, disposed: 4 });
  });

  test('two models in one realm never run, are made or are released at the same time', async () => {
    const { ort, count } = countingOrt();
    const open = () => openBackend(ort, weights(), HIDDEN, null, { bytes: 0 }, shape);
    const [a, b] = await Promise.all([open(), open()]);
    await Promise.all([a.forward(input(), spec), b.forward(input(), spec), open().then((c) => c.close()), a.forward(input(), spec)]);
    await Promise.all([a.close(), b.close()]);
    expect(count).toMatchObject({ mostBusy: 1, created: 3, released: 3 });
  });

  test('a run that fails does not stop the queue', async () => {
    const failing = countingOrt({ fails: true });
    const backend = await openBackend(failing.ort, weights(), HIDDEN, null, { bytes: 0 }, shape);
    await expect(backend.forward(input(), spec)).rejects.toThrow('no');
    await backend.close();
    expect(failing.count.released).toBe(1);
  });

  test('rows of another width than was expected are refused; a width that is not known yet is not', async () => {
    const { ort, count } = countingOrt();
    const backend = await openBackend(ort, weights(), HIDDEN, null, { bytes: 0 }, shape);
    const wide = { ...spec, output: { ...output, width: HIDDEN * 2 } };
    await expect(backend.forward(input(), wide)).rejects.toMatchObject({ code: 'unsupported-model' });
    expect(count.disposed).toBe(1);
    const { rows } = await backend.forward(input(), { ...spec, output: { ...output, width: 0 } });
    expect(rows.dimensions).toBe(HIDDEN);
  });

  test('a model that quantises activations, or takes one text at a time, gets rows of their own', async () => {
    const { ort } = countingOrt();
    const open = (...model: Parameters<typeof weights>) => openBackend(ort, weights(...model), HIDDEN, null, { bytes: 0 }, shape);
    expect((await open(true)).budget.rows).toBe(1);
    expect((await open(false, 1)).budget.rows).toBe(1);
    expect((await open(false)).budget.rows).toBeGreaterThan(1);
  });
});
