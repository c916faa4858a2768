/** The built search on WebGPU in a page: the same hits as on WASM, through a loss of the device, and nothing of it loaded for a small index. */
import { expect, test } from './harness.ts';

type Search = typeof import('../../src/search.ts');

test('an index on WebGPU finds what one on WASM finds, loses its device, and goes on', async ({ blank, server }) => {
  const found = await blank.evaluate(async () => {
    const devices: GPUDevice[] = [];
    const request = GPUAdapter.prototype.requestDevice;
    GPUAdapter.prototype.requestDevice = async function (descriptor) {
      devices.push(await request.call(this, descriptor));
      return devices.at(-1)!;
    };
    const { createIndex } = (await import('/dist/search.js' as string)) as Search;
    const vectorOf = (seed: number) => {
      let state = seed + 1;
      const vector = Float32Array.from({ length: 96 }, () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647 - 0.5);
      const norm = Math.hypot(...vector);
      return vector.map((value) => value / norm);
    };
    const llm = {
      info: { max_model_len: 64, prompts: {} },
      tokenize: async (texts: string | string[]) => [texts].flat().map(() => ({ count: 2 })),
      embed: async (texts: string | string[]) =>
        [texts].flat().map((text) => ({ outputs: { embedding: vectorOf(Number(/\d+/.exec(text)?.[0] ?? 0)) } })),
    } as never;
    const logs: string[] = [];
    const filled = async (device: 'auto' | 'wasm' | 'webgpu') => {
      const index = await createIndex(llm, { device, keywords: false, onLog: ({ message }) => logs.push(message) });
      await index.add(Array.from({ length: 2500 }, (_, i) => ({ id: String(i), text: `text ${i}` })));
      return index;
    };
    const ids = async (index: Awaited<ReturnType<typeof filled>>, query: number) =>
      (await index.search(`query ${query}`, { topK: 20 })).map(({ id }) => id).join();
    const auto = await filled('auto');
    await ids(auto, 1);
    const [wasm, webgpu] = [await filled('wasm'), await filled('webgpu')];
    const same: boolean[] = [];
    const compare = async (query: number) => same.push((await ids(wasm, query)) === (await ids(webgpu, query)));
    await compare(17);
    await compare(400);
    const before = webgpu.info;
    devices[0]!.destroy();
    await compare(18);
    // The next search asks for a new one, and does not wait for it.
    await compare(18);
    while (webgpu.info.device !== 'webgpu') await new Promise((resolve) => setTimeout(resolve, 20));
    // Searches are WASM's until all rows are sent to it.
    while (webgpu.info.counters.readBackBytes === before.counters.readBackBytes) {
      await compare(19);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const after = webgpu.info;
    await webgpu.dispose();
    const { outcome } = window;
    return { auto: auto.info, before, after, same, logs, devices: devices.length, disposed: await outcome(webgpu.search('x')) };
  });
  expect(found.same.length).toBeGreaterThanOrEqual(5);
  expect(found.same).not.toContain(false);
  expect(found.auto).toMatchObject({ device: 'wasm', fallback: null });
  expect(found.before).toMatchObject({ device: 'webgpu', counters: { readBackBytes: 2 * 40 * 8, deviceLosses: 0 } });
  expect(found.after).toMatchObject({ device: 'webgpu', counters: { readBackBytes: 3 * 40 * 8, deviceLosses: 1 } });
  expect(found.logs).toEqual(['The GPU device was lost. WASM searches until there is a new one.']);
  expect(found.devices).toBe(2);
  expect(found.disposed).toMatchObject({ ok: false, code: 'disposed' });
  expect(server.requests.filter((path) => path === '/dist/search-gpu.js')).toHaveLength(1);
});

test('a small index loads nothing of it', async ({ blank, server }) => {
  const before = server.requests.length;
  await blank.evaluate(async () => {
    const { createIndex } = (await import('/dist/search.js' as string)) as Search;
    const embed = async (texts: string | string[]) => [texts].flat().map(() => ({ outputs: { embedding: Float32Array.of(1, 0) } }));
    const tokenize = async (texts: string | string[]) => [texts].flat().map(() => ({ count: 2 }));
    const index = await createIndex({ info: { max_model_len: 64, prompts: {} }, embed, tokenize } as never);
    await index.add([{ id: 'a', text: 'a' }]);
    await index.search('a');
  });
  expect(server.requests.slice(before).filter((path) => path.startsWith('/dist/'))).toEqual(['/dist/search.js']);
});
