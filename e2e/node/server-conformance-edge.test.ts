/** The templates of demo/edge as they are, in the real runtimes: workerd with each kind of binding, and Deno. And which build a bundler finds. */
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Miniflare } from 'miniflare';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { refusal } from '../server/case.ts';
import { bundleWorker, startWorkerd, type WorkerModules } from '../server/hosts/workerd.mjs';
import { mismatches, type Expected } from '../server/match.ts';
import { expectOracle, texts } from './oracle-texts.ts';
import { run, serve } from './processes.ts';
import { runtimes } from './runtimes.ts';

const root = join(import.meta.dirname, '../..');

/** tiny-bert with its tokenizer beside it, in float32. */
let model: string;
beforeAll(async () => {
  model = await mkdtemp(join(tmpdir(), 'rockpool-edge-'));
  await cp(join(root, 'e2e/models/tiny-bert'), model, { recursive: true, filter: (path) => !/model_\w+\.onnx/.test(path) });
  await cp(join(root, 'models/all-MiniLM-L6-v2/tokenizer.json'), join(model, 'tokenizer.json'));
});
afterAll(() => rm(model, { recursive: true, force: true }));

const post = (url: string, body: object, headers: Record<string, string> = {}) =>
  fetch(new URL('/v1/embeddings', url), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

async function expectVectors(url: string, headers?: Record<string, string>): Promise<void> {
  const response = await post(url, { input: texts }, headers);
  expect(response.status, await response.clone().text()).toBe(200);
  const { data } = (await response.json()) as { data: { embedding: number[] }[] };
  await expectOracle(
    data.map(({ embedding }) => embedding),
    'tiny-bert',
  );
}

async function expectRefused(response: Response, status: number, body: Expected): Promise<void> {
  expect(response.status).toBe(status);
  expect(mismatches(await response.json(), body, () => null)).toEqual([]);
}

/** What is used of R2 and KV: the types of both are in a package that is not needed otherwise. */
interface Store {
  put(key: string, value: ArrayBuffer): Promise<unknown>;
}

/** Paths in the model's folder, and their bytes. */
async function* modelFiles(): AsyncGenerator<[path: string, bytes: ArrayBuffer]> {
  for (const entry of await readdir(model, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) yield [relative(model, path), new Uint8Array(await readFile(path)).buffer];
  }
}

describe('Cloudflare Workers', { timeout: 60_000 }, () => {
  let modules: WorkerModules;
  beforeAll(async () => {
    modules = await bundleWorker(join(root, 'demo/edge/cloudflare/worker.js'));
  });

  async function withWorker(
    bindings: Parameters<typeof startWorkerd>[1],
    use: (url: string, miniflare: Miniflare) => Promise<void>,
  ): Promise<void> {
    const { url, miniflare, stop } = await startWorkerd(modules, {
      compatibilityFlags: await templateFlags(),
      ...bindings,
      bindings: { MODEL_NAME: 'tiny', ...bindings.bindings },
    });
    await use(url, miniflare).finally(stop);
  }
  /** Of wrangler.jsonc, whose comments stand on lines of their own. */
  async function templateFlags(): Promise<string[]> {
    const text = await readFile(join(root, 'demo/edge/cloudflare/wrangler.jsonc'), 'utf8');
    const { compatibility_flags = [] } = JSON.parse(text.replace(/^\s*\/\/.*$/gm, '')) as { compatibility_flags?: string[] };
    return compatibility_flags;
  }
  const putIntoR2 = async (miniflare: Miniflare) => {
    const bucket = (await miniflare.getR2Bucket('MODEL_BUCKET')) as unknown as Store;
    for await (const [path, bytes] of modelFiles()) await bucket.put(path, bytes);
  };

  test('the bundle is far below the limit', () => {
    const { script, wasm } = modules;
    const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(2)} MB`;
    const gzip = gzipSync(script).length + gzipSync(wasm).length;
    console.log(`script ${megabytes(script.length)}, wasm ${megabytes(wasm.length)}, together gzip ${megabytes(gzip)}`);
    expect(script.length + wasm.length).toBeLessThan(64 * 2 ** 20);
  });

  test('the model comes from static assets, which nobody else can read', async () => {
    const assets = {
      directory: model,
      binding: 'ASSETS',
      routerConfig: { invoke_user_worker_ahead_of_assets: true, has_user_worker: true },
    };
    await withWorker({ assets }, async (url) => {
      await expectVectors(url);
      expect((await fetch(new URL('/config.json', url))).status).toBe(404);
    });
  });

  test('the model comes from R2, for all that wait for it', () =>
    withWorker({ r2Buckets: ['MODEL_BUCKET'] }, async (url, miniflare) => {
      await putIntoR2(miniflare);
      await Promise.all([expectVectors(url), expectVectors(url), expectVectors(url)]);
    }));

  test('the model comes from KV', () =>
    withWorker({ kvNamespaces: ['MODEL_KV'] }, async (url, miniflare) => {
      const namespace = (await miniflare.getKVNamespace('MODEL_KV')) as unknown as Store;
      for await (const [path, bytes] of modelFiles()) await namespace.put(path, bytes);
      await expectVectors(url);
    }));

  test('a model that is not there is 503, and is looked for again', () =>
    withWorker({ r2Buckets: ['MODEL_BUCKET'] }, async (url, miniflare) => {
      const response = await post(url, { input: 'a' });
      expect(response.headers.get('Retry-After')).toBe('5');
      await expectRefused(response, 503, refusal(503, 'ServiceUnavailableError', 'The model cannot be loaded.'));
      await putIntoR2(miniflare);
      await expectVectors(url);
    }));

  test('a secret is the key', () =>
    withWorker({ r2Buckets: ['MODEL_BUCKET'], bindings: { API_KEY: 'secret' } }, async (url, miniflare) => {
      await putIntoR2(miniflare);
      await expectRefused(await post(url, { input: 'a' }), 401, refusal(401, 'Unauthorized', 'Unauthorized'));
      await expectVectors(url, { Authorization: 'Bearer secret' });
    }));
});

describe('Deno', { timeout: 120_000 }, () => {
  const template = join(root, 'demo/edge/deno/server.js');
  const start = (device: string) => {
    const [command, ...args] = runtimes.Deno();
    return serve(command, [...args, template, model, '0', device], /(http:\/\/[^/\s]+).*\n.* on \w+\n/, root);
  };

  test('serves on WebAssembly, and ends by itself when it is told to', async () => {
    const server = await start('wasm');
    // Whoever is not on this machine does not reach it, and needs no key for that.
    expect(server.found).toMatch(/^http:\/\/127\.0\.0\.1:/);
    await expectVectors(server.found);
    await server.stop();
  });

  test('serves on WebGPU, or says that there is none', async () => {
    const server = await start('webgpu').catch((error: Error) => error);
    console.log(server instanceof Error ? 'Deno has no WebGPU here' : 'Deno computes on WebGPU');
    if (server instanceof Error) return expect(server.message).toMatch(/webgpu-unavailable|no WebGPU/i);
    const response = await post(server.found, { input: texts.slice(0, 1) });
    const { data } = (await response.json()) as { data: { embedding: number[] }[] };
    await server.stop();
    expect(response.headers.get('x-compute-type')).toBe('webgpu');
    await expectOracle([data[0]!.embedding], 'tiny-bert');
  });
});

/** What a bundler takes for the package's names, by the conditions that it is given. */
describe('exports', () => {
  async function bundled(name: string, conditionNames: readonly string[]): Promise<string> {
    const bundle = await rolldown({
      input: 'entry',
      platform: 'neutral',
      external: [/^onnxruntime-web/, /^@huggingface/],
      resolve: { conditionNames: [...conditionNames, 'import', 'default'], mainFields: ['module', 'main'] },
      plugins: [
        {
          name: 'entry',
          resolveId: (id) => (id === 'entry' ? join(root, 'entry.js') : null),
          load: (id) => (id === join(root, 'entry.js') ? `export * from '${name}'` : null),
        },
      ],
    });
    const { output } = await bundle.generate({ format: 'esm' });
    await bundle.close();
    return output.map((file) => ('code' in file ? file.code : '')).join('\n');
  }
  const startsWorkers = /new Worker\(/;

  test.each([
    [['workerd', 'worker', 'browser'], false],
    [['deno', 'node'], false],
    [['bun', 'node'], false],
    [['worker', 'browser'], false],
    [['node'], false],
    [['browser'], true],
    [[], true],
  ])('rockpool with the conditions %j', async (conditions, isForPages) => {
    expect(startsWorkers.test(await bundled('rockpool', conditions))).toBe(isForPages);
    expect(await bundled('rockpool/edge', conditions)).not.toMatch(startsWorkers);
    expect(await bundled('rockpool/server', conditions)).toContain('createHandler');
  });
});

test('A loaded model does not hold the bytes of its file', async () => {
  const program = `
    const { LLM } = await import('rockpool/edge');
    const llm = await LLM.load(${JSON.stringify(join(root, 'models/all-MiniLM-L6-v2'))}, { device: 'wasm', onLog() {} });
    await llm.embed('a');
    await new Promise((done) => setTimeout(done, 100));
    gc();
    gc();
    console.log(process.memoryUsage().arrayBuffers / 2 ** 20);`;
  const { stdout } = await run(process.execPath, ['--expose-gc', '--input-type=module', '-e', program], { cwd: root });
  // The runtime's own 13.6 MiB of WebAssembly; the file has 24.9.
  expect(Number(stdout)).toBeLessThan(20);
});
