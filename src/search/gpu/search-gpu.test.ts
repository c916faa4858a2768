/** An index on a real WebGPU device (Dawn), from createIndex to its hits, through losses of the device. */
import { create, globals } from 'webgpu';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { createIndex } from '../../search.ts';
import type { LogEntry } from '../../types.ts';
import type { Embedder, IndexOptions } from '../search-types.ts';

Object.assign(globalThis, globals);
// Dawn lives as long as this object.
const gpu = create([]);
const devices: GPUDevice[] = [];
const stops: (() => Promise<void>)[] = [];

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
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
  devices.length = 0;
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
  stops.push(() => index.dispose());
  await index.add(Array.from({ length: count }, (_, i) => ({ id: String(i), text: `text ${i}`, metadata: { even: i % 2 === 0 } })));
  return Object.assign(index, { logs });
}
const ids = (hits: readonly { id: string }[]) => hits.map(({ id }) => id);

test.each<IndexOptions>([{}, { precision: 'float32', coarse: { precision: 'int8', dimensions: 16 } }])(
  '%j: the same hits on WebGPU as on WASM, filtered or not, and for similar documents',
  async (options) => {
    const wasm = await filled({ ...options, device: 'wasm' });
    const webgpu = await filled({ ...options, device: 'webgpu' });
    expect(webgpu.info.device).toBe('webgpu');
    for (const round of [0, 1]) {
      for (const filter of [undefined, { even: true }]) {
        const ask = { topK: 12, ...(filter && { filter }) };
        expect(ids(await webgpu.search('like 77', ask))).toEqual(ids(await wasm.search('like 77', ask)));
      }
      expect(ids(await webgpu.similar('120', { topK: 5 }))).toEqual(ids(await wasm.similar('120', { topK: 5 })));
      const gone = Array.from({ length: 40 }, (_, i) => String(7 * i + round));
      expect(webgpu.remove(gone)).toBe(wasm.remove(gone));
    }
    const { counters, gpuBytes, adapter } = webgpu.info;
    expect(counters).toEqual({ readBackBytes: expect.any(Number), deviceLosses: 0 });
    // Two rounds of two searches and one of similar passages: eight bytes a row, and no more rows than asked for.
    const most = options.coarse ? 4 : 2;
    expect(counters.readBackBytes).toBe(2 * 8 * most * (12 + 12 + 5));
    expect(gpuBytes).toBeGreaterThan(0);
    expect(adapter).not.toBe('');
  },
);

test('a device that is lost in the middle of a search: it is answered, and the next is WebGPU’s again', async () => {
  const index = await filled({ device: 'webgpu' });
  const before = ids(await index.search('like 7'));
  const searching = index.search('like 7');
  const { queue } = devices[0]!;
  const submit = queue.submit.bind(queue);
  queue.submit = (commands) => {
    submit(commands);
    devices[0]!.destroy();
  };
  expect(ids(await searching)).toEqual(before);
  expect(ids(await index.search('like 7'))).toEqual(before);
  expect(index.info.counters.deviceLosses).toBe(1);
  await vi.waitFor(() => expect(index.info.device).toBe('webgpu'), { timeout: 20_000 });
  expect(devices).toHaveLength(2);
  expect(ids(await index.search('like 7'))).toEqual(before);
  expect(index.info.device).toBe('webgpu');
  expect(index.logs.map(({ message }) => message)).toEqual(['The GPU device was lost. WASM searches until there is a new one.']);
});

test('what is removed while the GPU searches is in no answer; dispose ends what is under way and gives the device back', async () => {
  const index = await filled({ device: 'webgpu' });
  const { queue } = devices[0]!;
  const submit = queue.submit.bind(queue);
  let submitted = () => {};
  queue.submit = (commands) => {
    submit(commands);
    submitted();
  };
  const underWay = () => new Promise<void>((resolve) => (submitted = resolve));
  for (const call of [() => index.search('like 7', { topK: 5 }), () => index.similar('8', { topK: 5 })]) {
    const begun = underWay();
    const searching = call();
    await begun;
    index.remove(['6', '7', '9']);
    const found = ids(await searching);
    expect(found).toHaveLength(5);
    for (const id of ['6', '7', '9']) expect(found).not.toContain(id);
    await index.add(['6', '7', '9'].map((id) => ({ id, text: `text ${id}` })));
  }
  const begun = underWay();
  const searching = index.search('like 7');
  await begun;
  await index.dispose();
  await index.dispose();
  await expect(searching).rejects.toMatchObject({ code: 'disposed' });
  for (const call of [() => index.search('x'), () => index.similar('1'), () => index.add([]), async () => index.remove([])]) {
    await expect(call()).rejects.toMatchObject({ code: 'disposed' });
  }
  expect((await devices[0]!.lost).reason).toBe('destroyed');
});

test('a small index asks for no device', async () => {
  const index = await filled({});
  await index.search('like 7');
  expect(devices).toHaveLength(0);
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
