/** Which device scans: when a GPU is tried, when it is believed, and that no search fails by it. */
import { expect, test } from 'vitest';
import type { LogEntry } from '../../types.ts';
import { VectorTable } from '../vector-table.ts';
import { PretendedScan } from './doubles-for-tests.ts';
import { ScanChoice } from './scan-choice.ts';

const SIZE = 4;
const query = Float32Array.of(1, 0, 0, 0);
const settled = () => new Promise((resolve) => setTimeout(resolve));

/** A clock by which WebAssembly takes 10 ms, and the GPU as long as it is told. */
function setUp(device: 'auto' | 'wasm' | 'webgpu', { gpu = 1, refusal = '', absent = false } = {}) {
  const table = new VectorTable('float32', SIZE);
  const push = (count: number) => {
    for (let i = 0; i < count; i++) table.push(Float32Array.of((table.count * 7) % 101, 1, 0, 0));
  };
  const scans: PretendedScan[] = [];
  const asked: boolean[] = [];
  const logs: LogEntry[] = [];
  // Read at the start and the end of each: WebAssembly's before the GPU's.
  const times = { gpu, reads: 0, now: 0 };
  const choice = new ScanChoice(
    table,
    { device, onLog: (entry) => logs.push(entry) },
    {
      leastBytes: 10 * table.format.bytes,
      now: () => (times.now += [0, 10, 0, times.gpu][times.reads++ % 4]!),
      open: async (_, { allowSoftware }) => {
        asked.push(allowSoftware);
        if (refusal) return { refusal, ...(absent && { absent }) };
        scans.push(new PretendedScan(table));
        return { scan: scans.at(-1)! };
      },
    },
  );
  /** Rows as the caller gets them, from whom, and what came of the GPU in the meantime. */
  const search = async (k = 3) => {
    const found = await choice.nearest([query], k, null);
    await settled();
    return found?.[0]!.rows ?? null;
  };
  const best = () => {
    const scores = table.scores(query);
    return [...scores.keys()].sort((a, b) => scores[b]! - scores[a]! || a - b).slice(0, 3);
  };
  return { table, push, scans, asked, logs, times, choice, search, best };
}

test('a small table never asks for a GPU, and neither does device "wasm"', async () => {
  const small = setUp('auto');
  small.push(9);
  expect(await small.search()).toBeNull();
  const named = setUp('wasm');
  named.push(1000);
  expect(await named.search()).toBeNull();
  expect([...small.asked, ...named.asked]).toEqual([]);
  expect(named.choice.info).toMatchObject({ device: 'wasm', adapter: null, fallback: null, measured: null });
});

test('a large one is searched on both, and then on the faster GPU', async () => {
  const { push, choice, search, best, scans, asked, logs } = setUp('auto');
  push(20);
  expect(await search()).toBeNull();
  expect(asked).toEqual([false]);
  for (let i = 0; i < 4; i++) {
    expect(choice.info.device).toBe('wasm');
    expect(await search()).toEqual(best());
  }
  expect(choice.info).toMatchObject({ device: 'webgpu', adapter: 'pretended', measured: { wasm: 10, webgpu: 1 }, gpuBytes: 1234 });
  expect(logs).toEqual([{ level: 'info', message: 'Searching with WebGPU: 10.0 ms on WASM, 1.0 ms on WebGPU (pretended), 20 passages.' }]);
  expect(await search()).toEqual(best());
  expect(scans[0]!.searches).toBe(5);
});

test('a slower GPU is given back, and tried again when the table has doubled', async () => {
  const { push, choice, search, scans, times } = setUp('auto', { gpu: 11 });
  push(20);
  for (let i = 0; i < 5; i++) await search();
  expect(choice.info).toMatchObject({ device: 'wasm', fallback: expect.stringContaining('WASM is faster'), gpuBytes: 0 });
  expect(scans[0]!.isDisposed).toBe(true);
  push(19);
  await search();
  expect(scans).toHaveLength(1);
  push(1);
  times.gpu = 3;
  for (let i = 0; i < 5; i++) await search();
  expect(scans).toHaveLength(2);
  expect(choice.info).toMatchObject({ device: 'webgpu', fallback: null, measured: { wasm: 10, webgpu: 3 } });
  // And the GPU too is measured again.
  push(40);
  times.gpu = 12;
  for (let i = 0; i < 4; i++) await search();
  expect(choice.info).toMatchObject({ device: 'wasm', measured: { webgpu: 12 } });
});

test('no search waits for a GPU that does not answer, neither its making nor its measure', async () => {
  const { push, choice, search, best, scans } = setUp('auto');
  push(20);
  await search();
  let open = () => {};
  scans[0]!.gate = new Promise((resolve) => (open = resolve));
  expect(await search()).toEqual(best());
  expect(await search()).toBeNull();
  expect(await search()).toBeNull();
  expect(scans[0]!.searches).toBe(1);
  open();
  await settled();
  for (let i = 0; i < 3; i++) await search();
  expect(choice.info.device).toBe('webgpu');
});

test('a GPU that lacks much of a table that grew gets it first, while WASM answers', async () => {
  const { push, choice, search, best, scans } = setUp('auto');
  push(20);
  for (let i = 0; i < 5; i++) await search();
  push(5);
  scans[0]!.isBehind = true;
  let open = () => {};
  scans[0]!.gate = new Promise((resolve) => (open = resolve));
  expect(await search()).toBeNull();
  expect(await search()).toBeNull();
  open();
  await settled();
  expect(await search()).toEqual(best());
  expect([scans[0]!.searches, choice.info.device]).toEqual([5, 'webgpu']);
});

test('a GPU that finds other rows is not believed, told once, and never tried again', async () => {
  const { push, choice, search, best, scans, logs } = setUp('auto');
  push(20);
  await search();
  scans[0]!.isWrong = true;
  expect(await search()).toEqual(best());
  for (let i = 0; i < 3; i++) expect(await search()).toBeNull();
  push(100);
  await search();
  expect(scans).toHaveLength(1);
  expect(scans[0]!.isDisposed).toBe(true);
  const fallback = 'WebGPU (pretended) found other rows than WASM';
  expect(choice.info).toMatchObject({ device: 'wasm', fallback });
  expect(logs).toEqual([{ level: 'warning', message: `Searching with WASM: ${fallback}.` }]);
});

test('a lost device costs no search: WASM answers, and a new device is made', async () => {
  const { push, choice, search, scans, logs } = setUp('auto');
  push(20);
  for (let i = 0; i < 5; i++) await search();
  expect(choice.info.device).toBe('webgpu');
  scans[0]!.isLost = true;
  const [a, b] = await Promise.all([search(), search()]);
  expect([a, b]).toEqual([null, null]);
  expect(choice.info).toMatchObject({ device: 'wasm', counters: { deviceLosses: 1 } });
  expect(logs.at(-1)).toMatchObject({ level: 'warning', message: expect.stringContaining('was lost') });
  for (let i = 0; i < 5; i++) await search();
  expect(scans).toHaveLength(2);
  expect(choice.info.device).toBe('webgpu');
});

test('a device that is lost again and again is given up', async () => {
  const { push, choice, search, scans } = setUp('webgpu');
  push(20);
  await choice.ready();
  for (let i = 0; i < 12; i++) {
    scans.at(-1)!.isLost = true;
    await search();
  }
  expect(scans).toHaveLength(4);
  expect(choice.info).toMatchObject({ device: 'wasm', fallback: 'the GPU device was lost 4 times in a row' });
});

test('a GPU that fails otherwise, for want of memory say, is told and left', async () => {
  const { push, choice, search, scans, logs } = setUp('webgpu');
  push(20);
  await choice.ready();
  scans[0]!.error = new Error('Out of memory');
  expect(await search()).toBeNull();
  expect(await search()).toBeNull();
  expect(scans).toHaveLength(1);
  expect(scans[0]!.isDisposed).toBe(true);
  expect(choice.info.fallback).toBe('WebGPU failed (Out of memory)');
  expect(logs).toHaveLength(1);
});

test('a refusal is told once; where there is no WebGPU at all, nothing was given up', async () => {
  const software = setUp('auto', { refusal: 'the only adapter is a software one' });
  software.push(20);
  for (let i = 0; i < 3; i++) expect(await software.search()).toBeNull();
  expect(software.logs).toEqual([{ level: 'warning', message: 'Searching with WASM: the only adapter is a software one.' }]);
  const none = setUp('auto', { refusal: 'this runtime has no WebGPU', absent: true });
  none.push(20);
  await none.search();
  expect(none.logs).toEqual([]);
  expect(none.choice.info.fallback).toBe('this runtime has no WebGPU');
});

test('by name: at once, in software too; its absence and wrong rows are errors', async () => {
  const { push, choice, search, best, scans, asked } = setUp('webgpu');
  await choice.ready();
  expect(asked).toEqual([true]);
  push(3);
  expect(choice.info.device).toBe('webgpu');
  expect(await search()).toEqual(best());
  expect(await search()).toEqual(best());
  expect(scans[0]!.searches).toBe(2);
  expect(await search(101)).toBeNull();
  await expect(setUp('webgpu', { refusal: 'no adapter' }).choice.ready()).rejects.toMatchObject({ code: 'webgpu-unavailable' });
  const wrong = setUp('webgpu');
  await wrong.choice.ready();
  wrong.push(20);
  wrong.scans[0]!.isWrong = true;
  await expect(wrong.search()).rejects.toMatchObject({ code: 'webgpu-wrong-results' });
});

test('filters are the GPU’s too, and a wrong vector is an error on both', async () => {
  const { push, choice } = setUp('webgpu');
  await choice.ready();
  push(70);
  const found = await choice.nearest([query], 100, (row) => row % 3 === 0);
  expect(found![0]!.rows.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 24 }, (_, i) => 3 * i));
  await expect(choice.nearest([new Float32Array(5)], 1, null)).rejects.toMatchObject({ code: 'invalid-input' });
});

test('dispose gives the device back, whenever it comes, and ends the calls under way', async () => {
  const active = setUp('webgpu');
  await active.choice.ready();
  active.push(20);
  let open = () => {};
  active.scans[0]!.gate = new Promise((resolve) => (open = resolve));
  const pending = active.choice.nearest([query], 3, null);
  active.choice.dispose();
  open();
  await expect(pending).rejects.toMatchObject({ code: 'disposed' });
  await expect(active.choice.nearest([query], 3, null)).rejects.toMatchObject({ code: 'disposed' });
  expect(active.scans[0]!.isDisposed).toBe(true);

  const opening = setUp('auto');
  opening.push(20);
  const first = opening.choice.nearest([query], 3, null);
  opening.choice.dispose();
  expect(await first).toBeNull();
  await settled();
  expect(opening.scans[0]!.isDisposed).toBe(true);
  expect(opening.choice.info.device).toBe('wasm');
});
