/** An index on a real WebGPU device (Dawn), from createIndex to its hits, through losses of the device. */
import { create, globals } from 'webgpu';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createIndex } from '../../search.ts';
import type { LogEntry } from '../../types.ts';
import type { Embedder, IndexOptions } from '../search-types.ts';
import { VectorTable } from '../vector-table.ts';
import { ScanChoice } from './scan-choice.ts';
import { openGpuScan } from './search-gpu.ts';

Object.assign(globalThis, globals);
// Dawn lives as long as this object.
const gpu = create([]);
const devices: GPUDevice[] = [];
beforeAll(() => {
  vi.stubGlobal('navigator', { gpu });
  const requestAdapter = gpu.requestAdapter.bind(gpu);
  gpu.requestAdapter = async (options) => {
    const adapter = await requestAdapter(options);
    const requestDevice = adapter!.requestDevice.bind(adapter);
    adapter!.requestDevice = async (descriptor) => {
      devices.push(await requestDevice(descriptor));
      return devices.at(-1)!;
    };
    return adapter;
  };
});
afterAll(() => vi.unstubAllGlobals());

/** A text's vector is that of the numbers in it. */
const llm = {
  info: { max_model_len: 64, prompts: {} },
  tokenize: async (texts: string | string[]) => [texts].flat().map((text) => ({ count: text.split(' ').length })),
  embed: async (texts: string | string[]) =>
    [texts].flat().map((text) => {
      const angle = Number(/\d+/.exec(text)?.[0] ?? 0) / 300;
      const vector = Float32Array.from({ length: 50 }, (_, i) => Math.cos(angle * (i + 1)));
      const norm = Math.hypot(...vector);
      return { outputs: { embedding: vector.map((value) => value / norm) } };
    }),
} as unknown as Embedder;

async function filled(options: IndexOptions, count = 300) {
  const logs: LogEntry[] = [];
  const index = await createIndex(llm, { keywords: false, onLog: (entry) => logs.push(entry), ...options });
  await index.add(Array.from({ length: count }, (_, i) => ({ id: String(i), text: `text ${i}`, metadata: { even: i % 2 === 0 } })));
  return Object.assign(index, { logs });
}
type Index = Awaited<ReturnType<typeof filled>>;
const ids = (hits: readonly { id: string }[]) => hits.map(({ id }) => id);

async function expectSameHits(options: IndexOptions, webgpu: Index): Promise<void> {
  const wasm = await filled({ ...options, device: 'wasm' });
  expect(webgpu.info.device).toBe('webgpu');
  for (const round of [0, 1]) {
    for (const filter of [undefined, { even: true }]) {
      const ask = { topK: 12, ...(filter && { filter }) };
      expect(ids(await webgpu.search('like 77', ask))).toEqual(ids(await wasm.search('like 77', ask)));
    }
    expect(ids(await webgpu.similar('120', { topK: 5 }))).toEqual(ids(await wasm.similar('120', { topK: 5 })));
    const gone = Array.from({ length: 20 }, (_, i) => String(200 + 4 * i + round));
    expect(await webgpu.remove(gone)).toBe(await wasm.remove(gone));
  }
  const { counters, gpuBytes, adapter } = webgpu.info;
  // Two rounds of two searches and one of similar passages: eight bytes a row, and no more rows than asked for.
  const most = options.coarse ? 10 : 2;
  expect(counters).toEqual({ readBackBytes: 2 * 8 * most * (12 + 12 + 5), deviceLosses: 0 });
  expect(gpuBytes).toBeGreaterThan(0);
  expect(adapter).toMatch(/./);
}

/** Each submit of the device's queue, until the function that it returns is called. */
function onSubmit(device: GPUDevice, listener: () => void): () => void {
  const { queue } = device;
  const submit = queue.submit.bind(queue);
  queue.submit = (commands) => {
    submit(commands);
    listener();
  };
  return () => void (queue.submit = submit);
}

describe('an index on WebGPU, through its life', () => {
  let index: Index;
  beforeAll(async () => {
    index = await filled({ device: 'webgpu' });
  });

  test('has the hits of one on WASM, filtered or not, and similar documents', () => expectSameHits({}, index));

  test('what is removed while the GPU searches is in no answer', async () => {
    for (const call of [() => index.search('like 7', { topK: 5 }), () => index.similar('8', { topK: 5 })]) {
      let submitted = () => {};
      const begun = new Promise<void>((resolve) => (submitted = resolve));
      const stop = onSubmit(devices[0]!, () => submitted());
      const searching = call();
      await begun;
      stop();
      index.remove(['6', '7', '9']);
      const found = ids(await searching);
      expect(found).toHaveLength(5);
      for (const id of ['6', '7', '9']) expect(found).not.toContain(id);
      await index.add(['6', '7', '9'].map((id) => ({ id, text: `text ${id}` })));
    }
  });

  test('a device that is lost in the middle of a search: it is answered, and the next device is WebGPU’s again', async () => {
    const before = ids(await index.search('like 7'));
    onSubmit(devices[0]!, () => devices[0]!.destroy());
    expect(ids(await index.search('like 7'))).toEqual(before);
    expect(ids(await index.search('like 7'))).toEqual(before);
    expect(index.info.counters.deviceLosses).toBe(1);
    const { readBackBytes } = index.info.counters;
    // Searches are WASM's until there is a device and all rows are sent to it.
    const search = async () => {
      expect(ids(await index.search('like 7'))).toEqual(before);
      expect(index.info).toMatchObject({ device: 'webgpu', counters: { readBackBytes: readBackBytes + 8 * 20 } });
    };
    await vi.waitFor(search, { timeout: 20_000 });
    expect(index.logs.map(({ message }) => message)).toEqual(['The GPU device was lost. WASM searches until there is a new one.']);
  });

  test('dispose ends what is under way and gives the device back', async () => {
    const device = devices.at(-1)!;
    const begun = new Promise<void>((resolve) => onSubmit(device, resolve));
    const searching = index.search('like 7');
    await begun;
    await index.dispose();
    await index.dispose();
    await expect(searching).rejects.toMatchObject({ code: 'disposed' });
    for (const call of [() => index.search('x'), () => index.similar('1'), () => index.add([]), async () => index.remove([])]) {
      await expect(call()).rejects.toMatchObject({ code: 'disposed' });
    }
    expect((await device.lost).reason).toBe('destroyed');
  });
});

test('with a first pass only its rows lie on the GPU, and the hits are the same', async () => {
  const options: IndexOptions = { precision: 'float32', coarse: { precision: 'int8', dimensions: 16 } };
  await using index = await filled({ ...options, device: 'webgpu' });
  await expectSameHits(options, index);
  // Rows of 32 bytes with a factor, room for half as many again, and two lists of candidates. The vectors have 200 bytes.
  expect(index.info.gpuBytes).toBeLessThan(300 * 1.6 * (32 + 4) + 2 * 300 * 8 + 1);
});

test('`auto` on a real device: the answers agree, both are timed, and one of them goes on', async () => {
  const table = new VectorTable('float32', 40);
  let state = 1;
  const vector = () => Float32Array.from({ length: 40 }, () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647 - 0.5);
  for (let i = 0; i < 2000; i++) table.push(vector());
  const logs: LogEntry[] = [];
  const choice = new ScanChoice(
    table,
    { onLog: (entry) => logs.push(entry) },
    { leastBytes: 0, open: (of, options) => openGpuScan(of, { ...options, allowSoftware: true }) },
  );
  await vi.waitFor(
    async () => {
      await choice.nearest([vector()], 20, (row) => row % 5 !== 0);
      expect(choice.info.measured).not.toBeNull();
    },
    { timeout: 30_000, interval: 20 },
  );
  const { device, measured, fallback } = choice.info;
  expect(device).toBe(measured!.webgpu < measured!.wasm ? 'webgpu' : 'wasm');
  expect(fallback).toEqual(device === 'webgpu' ? null : expect.stringMatching(/^WASM is faster: /));
  expect(logs).toEqual([{ level: 'info', message: expect.stringMatching(/^Searching with /) }]);
  choice.dispose();
});

test('a small index asks for no device', async () => {
  const before = devices.length;
  const index = await filled({});
  await index.search('like 7');
  expect(devices).toHaveLength(before);
  expect([index.info.device, index.info.fallback, index.logs]).toEqual(['wasm', null, []]);
});

test('without WebGPU, its name is refused, and `auto` is WASM', async () => {
  vi.stubGlobal('navigator', {});
  await expect(createIndex(llm, { device: 'webgpu' })).rejects.toMatchObject({ code: 'webgpu-unavailable' });
  await expect(createIndex(llm, { device: 'gpu' as never })).rejects.toThrow('device must be "auto", "wasm" or "webgpu", got "gpu".');
  const index = await filled({ device: 'auto' });
  expect(await index.search('like 7')).toHaveLength(10);
  vi.stubGlobal('navigator', { gpu });
});

test('passages of one document in all the first places leave room for others', async () => {
  const index = await createIndex(llm, { keywords: false, device: 'webgpu', passageTokens: 12, onLog: () => {} });
  const many = Array.from({ length: 60 }, (_, i) => `Text ${70 + (i % 7)} it is, and so it is.`).join(' ');
  await index.add([
    { id: 'many', text: many },
    ...[90, 95, 99].map((number) => ({ id: String(number), text: `Text ${number} it is, and so it is.` })),
  ]);
  expect(index.size.passages).toBe(63);
  expect(index.info.device).toBe('webgpu');
  expect(ids(await index.search('like 77', { topK: 4 }))).toEqual(['many', '90', '95', '99']);
  await index.dispose();
});
