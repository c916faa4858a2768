/** rockpool/edge as built, in the real runtimes: Node, Deno, Bun and workerd. Every vector is held against Sentence-Transformers'. */
import { cp, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Miniflare } from 'miniflare';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startServer, type TestServer } from '../server.ts';
import { expectOracle, texts } from './oracle-texts.ts';
import { run, tempFolder } from './processes.ts';
import { runtimes, type Runtime } from './runtimes.ts';

const root = resolve(import.meta.dirname, '../..');
const miniLm = join(root, 'models/all-MiniLM-L6-v2');
const nowhere = join(root, 'models/no-such-model');
const require = createRequire(import.meta.url);

interface Used {
  device: string;
  adapter: string | null;
  selfCheck: number | null;
  disposed: string;
  vectors: number[][];
  error?: string;
  message?: string;
}

interface Job {
  models: string[];
  options?: object;
  texts?: readonly string[];
  missing?: string[];
}

/** Runs runtimes/embed.mjs, which has to end by itself. */
async function embedIn([command, ...args]: Runtime, job: Job): Promise<{ used: Used[]; missing: string[] }> {
  const program = join(import.meta.dirname, 'runtimes/embed.mjs');
  const { stdout, lingered } = await run(command, [...args, program, JSON.stringify({ texts, ...job })], { cwd: root, limit: 120_000 });
  expect(lingered, 'milliseconds from the last line to the end of the process').toBeLessThan(5_000);
  return JSON.parse(stdout) as { used: Used[]; missing: string[] };
}

/** tiny-bert with its tokenizer beside it: a folder that a path can name. */
let tiny: string;
let removeTiny = async (): Promise<void> => {};
let server: TestServer;

beforeAll(async () => {
  const temp = await tempFolder();
  removeTiny = temp.remove;
  tiny = join(temp.path, 'tiny-bert');
  await cp(join(root, 'e2e/models/tiny-bert'), tiny, { recursive: true });
  await cp(join(miniLm, 'tokenizer.json'), join(tiny, 'tokenizer.json'));
  server = await startServer();
});

afterAll(async () => {
  await server.close();
  await removeTiny();
});

describe.each(Object.entries(runtimes))('%s', (name, runtime) => {
  test('embeds with a model at a path, names what is missing, and ends by itself after dispose()', { timeout: 120_000 }, async () => {
    // Deno may have WebGPU, on a software adapter too: that is another test.
    const { used, missing } = await embedIn(runtime(), {
      models: [miniLm],
      options: { device: 'wasm' },
      missing: [nowhere, pathToFileURL(nowhere).href],
    });
    expect(used[0]).toMatchObject({ device: 'wasm', disposed: 'disposed' });
    expect(missing).toEqual(['model-file-missing', 'model-file-missing']);
    await expectOracle(used[0]!.vectors, 'minilm-w8');
  });

  test('loads a model from a server, with or without a Cache API', { timeout: 60_000 }, async () => {
    const { used, missing } = await embedIn(runtime(), {
      models: [`${server.url}/e2e/models/tiny-bert`],
      options: { dtype: 'fp32' },
      missing: [`${server.url}/nowhere`],
    });
    expect(used[0]).toMatchObject({ device: 'wasm', disposed: 'disposed' });
    expect(missing, name).toEqual(['model-file-missing']);
    await expectOracle(used[0]!.vectors, 'tiny-bert');
  });
});

describe.each(Object.entries(runtimes))('%s', (_, runtime) => {
  test('answers others between the batches of a long call', { timeout: 60_000 }, async () => {
    let asking: NodeJS.Timeout | undefined;
    const client = createServer(({ url }, response) => {
      const ask = () => void fetch(`http://127.0.0.1:${url!.slice(1)}/`).catch(() => {});
      asking = setInterval(ask, 5);
      response.end();
    });
    await new Promise<void>((listening) => client.listen(0, '127.0.0.1', listening));
    const { port } = client.address() as AddressInfo;
    const job = JSON.stringify({ model: tiny, client: `http://127.0.0.1:${port}` });
    const [command, ...args] = runtime();
    try {
      const { stdout } = await run(command, [...args, join(import.meta.dirname, 'runtimes/answer-between.mjs'), job], { cwd: root });
      const { answered, batches } = JSON.parse(stdout) as { answered: number; batches: number };
      expect(batches).toBeGreaterThan(20);
      // Deno answered none, when pauses were messages there.
      expect(answered).toBeGreaterThan(batches / 10);
    } finally {
      clearInterval(asking);
      client.close();
    }
  });
});

describe('Node', () => {
  test('takes a file: URL and a relative path, and two models side by side give the vectors of one', { timeout: 120_000 }, async () => {
    const { used, missing } = await embedIn(runtimes.Node(), {
      models: [pathToFileURL(miniLm).href, relative(root, tiny), `./${relative(root, miniLm)}/`],
      missing: ['./models/no-such-model', 'models/no/such/model', 'package.json'],
    });
    expect(used.map(({ device }) => device)).toEqual(['wasm', 'wasm', 'wasm']);
    expect(missing).toEqual(['model-file-missing', 'model-file-missing', 'model-file-missing']);
    await expectOracle(used[0]!.vectors, 'minilm-w8');
    await expectOracle(used[1]!.vectors, 'tiny-bert');
    await expectOracle(used[2]!.vectors, 'minilm-w8');
  });

  test('says that it has no WebGPU where that is asked for', async () => {
    const { used } = await embedIn(runtimes.Node(), { models: [tiny], options: { device: 'webgpu' } });
    expect(used[0]!.error).toBe('webgpu-unavailable');
  });
});

describe('Deno', () => {
  test('computes on WebGPU, or says that there is none', { timeout: 120_000 }, async () => {
    // One text beside the self-check's: a software adapter takes seconds to compile the shaders of each shape.
    const { used } = await embedIn(runtimes.Deno(), {
      models: [tiny],
      options: { device: 'webgpu', dtype: 'fp32' },
      texts: texts.slice(0, 1),
    });
    const { error, message, device, adapter, selfCheck, vectors } = used[0]!;
    console.log(error === undefined ? `Deno computed on ${adapter}` : `Deno: ${message}`);
    if (error !== undefined) return expect(error).toBe('webgpu-unavailable');
    expect(device).toBe('webgpu');
    expect(selfCheck).toBeGreaterThan(0.9999);
    await expectOracle(vectors, 'tiny-bert');
  });
});

describe('workerd', () => {
  let miniflare: Miniflare;
  let worker: URL;

  beforeAll(async () => {
    const bundle = await rolldown({
      input: join(import.meta.dirname, 'runtimes/worker.js'),
      platform: 'browser',
      // wrangler hands .wasm imports to workerd, which compiles them before the Worker starts.
      external: /\.wasm$/,
    });
    const { output } = await bundle.generate({ format: 'esm', codeSplitting: false });
    await bundle.close();
    const wasm = 'onnxruntime-web/ort-wasm-simd-threaded.wasm';
    miniflare = new Miniflare({
      modulesRoot: '/',
      modules: [
        { type: 'ESModule', path: '/worker.js', contents: output[0].code },
        { type: 'CompiledWasm', path: `/${wasm}`, contents: await readFile(require.resolve(wasm)) },
      ],
      compatibilityDate: '2026-04-01',
      serviceBindings: {
        // The weights of `half` are missing.
        MODEL: async (request: { url: string }) => {
          const path = /^\/(bound\/.*|half\/.*\.json)$/.exec(new URL(request.url).pathname)?.[1]?.replace(/^\w+\//, '');
          const file = path === undefined ? null : await readFile(join(miniLm, path)).catch(() => null);
          return (file === null ? new Response('not here', { status: 404 }) : new Response(file)) as never;
        },
      },
    });
    worker = await miniflare.ready;
  }, 60_000);

  afterAll(() => miniflare.dispose());

  const ask = async <T>(body: object): Promise<T & { error?: string; message?: string }> => {
    const response = await fetch(worker, { method: 'POST', body: JSON.stringify(body) });
    return (await response.json()) as T & { error?: string };
  };
  type Embedded = { device: string; vectors: number[][] };

  test('tells of missing weights, and that does not spoil the next load', async () => {
    expect(await ask({ action: 'load', model: 'half' })).toMatchObject({ error: 'model-file-missing' });
  });

  test('embeds with files from a binding and a compiled module, for several requests at once', { timeout: 120_000 }, async () => {
    const answers = await Promise.all([texts, texts.slice(0, 1), texts].map((some) => ask<Embedded>({ action: 'embed', texts: some })));
    expect(answers.map(({ error, device }) => error ?? device)).toEqual(['wasm', 'wasm', 'wasm']);
    await expectOracle(answers[0]!.vectors, 'minilm-w8');
    expect(answers[1]!.vectors).toEqual(answers[0]!.vectors.slice(0, 1));
    await expectOracle(answers[2]!.vectors, 'minilm-w8');
  });

  test('loads from a server too, again and again, whatever its Cache API keeps', { timeout: 60_000 }, async () => {
    const model = `${server.url}/e2e/models/tiny-bert`;
    const first = await ask<Embedded>({ action: 'embed', model, options: { dtype: 'fp32' }, texts });
    expect(first.error).toBeUndefined();
    await expectOracle(first.vectors, 'tiny-bert');
    expect(await ask({ action: 'load', model, options: { dtype: 'fp32' } })).toEqual({ device: 'wasm' });
  });

  test('says what is wrong there: no such model, no WebGPU, no file system, no WebAssembly, disposed', { timeout: 60_000 }, async () => {
    expect(await ask({ action: 'load', model: 'unbound' })).toMatchObject({ error: 'model-file-missing' });
    expect(await ask({ action: 'load', options: { device: 'webgpu' } })).toMatchObject({ error: 'webgpu-unavailable' });
    expect(await ask({ action: 'load', model: './models/all-MiniLM-L6-v2' })).toMatchObject({ error: 'invalid-option' });
    expect(await ask({ action: 'dispose' })).toEqual({});
    expect(await ask({ action: 'embed', texts: [''] })).toMatchObject({ error: 'disposed' });
  });

  test('leaves WebAssembly.instantiate as it found it', async () => {
    const found = await ask({ action: 'surroundings' });
    expect(found).toMatchObject({ webGpu: false, cacheApi: true, process: 'undefined', ownInstantiate: true, cached: [] });
  });
});
