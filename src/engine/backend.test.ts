/** Sessions and tensors are given back, ORT never has two things to do at once, and a lost device gives nothing out. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Gpu } from '../gpu/device.ts';
import { GpuPooler } from '../pooling/gpu-pooler.ts';
import { DeviceLost, openBackend } from './backend.ts';
import { countingOrt, fakeGpu, HIDDEN, input, spec, weights } from './doubles-for-tests.ts';

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

  describe('on a device that is lost', () => {
    const open = async (options: { fails?: boolean; during?: () => void }, gpu: Gpu) =>
      openBackend(countingOrt(options).ort, weights(), gpu, { bytes: 0 });
    const zeros = { data: new Float32Array(2 * HIDDEN), rows: 2, dimensions: HIDDEN };
    afterEach(() => {
      vi.restoreAllMocks();
    });

    test('while the model runs, nothing is pooled: its states are not to be believed', async () => {
      const pool = vi.spyOn(GpuPooler.prototype, 'pool').mockResolvedValue(zeros);
      const { gpu } = fakeGpu();
      const backend = await open({ during: () => (gpu.lost = true) }, gpu);
      await expect(backend.forward(input(), spec)).rejects.toBeInstanceOf(DeviceLost);
      expect(pool).not.toHaveBeenCalled();
    });

    test('while rows are read back, they are not given out, though reading may have gone well', async () => {
      const { gpu } = fakeGpu();
      vi.spyOn(GpuPooler.prototype, 'pool').mockImplementation(async () => ((gpu.lost = true), zeros));
      const backend = await open({}, gpu);
      await expect(backend.forward(input(), spec)).rejects.toBeInstanceOf(DeviceLost);
    });

    test('an error that comes before the announcement of the loss is the loss, and one without a loss is itself', async () => {
      const { gpu, lose } = fakeGpu();
      const backend = await open({ fails: true }, gpu);
      await expect(backend.forward(input(), spec)).rejects.toThrow('no');
      setTimeout(lose, 20);
      await expect(backend.forward(input(), spec)).rejects.toBeInstanceOf(DeviceLost);
    });

    test('a device that is not lost gives its rows', async () => {
      vi.spyOn(GpuPooler.prototype, 'pool').mockResolvedValue(zeros);
      const backend = await open({}, fakeGpu().gpu);
      expect((await backend.forward(input(), spec)).rows).toBe(zeros);
    });
  });
});
