/** The package as npm packs it, in fresh apps: Vite, webpack, esbuild, no bundler at all, Node, and TypeScript. */
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { chromium, type Browser } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { presentBrowser } from '../../scripts/browser.mjs';
import { startServer } from '../server.ts';
import { followQuickStart } from './docs/quick-start.ts';
import { expectOracle, texts } from './oracle-texts.ts';
import { expectPageEmbeds } from './page-embeds.ts';
import { run, serve, tempFolder } from './processes.ts';
import { runtimes } from './runtimes.ts';

const root = resolve(import.meta.dirname, '../..');
const dist = join(root, 'dist');
const { devDependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { devDependencies: Record<string, string> };

/** What the apps are built and checked with, beside the package. */
const tools = {
  vite: devDependencies.vite,
  typescript: devDependencies.typescript,
  '@types/node': devDependencies['@types/node'],
  // The oldest that has Uint8Array<ArrayBuffer>, and the last whose DOM has no WebGPU.
  'typescript-5.7': 'npm:typescript@5.7.3',
  'typescript-5.9': 'npm:typescript@5.9.3',
  webpack: '5.112.2',
  esbuild: '0.28.2',
  publint: '0.3.25',
  '@arethetypeswrong/cli': '0.18.5',
};

interface Packed {
  filename: string;
  size: number;
  unpackedSize: number;
  files: { path: string; size: number }[];
}

let app: string;
let removeApp = async (): Promise<void> => {};
let packed: Packed;
let browser: Browser;

const npm = (args: string[]) => run('npm', args, { cwd: app, limit: 120_000 });
const tool = (script: string, args: string[]) =>
  run(process.execPath, [join(app, 'node_modules', script), ...args], { cwd: app, limit: 120_000 });

beforeAll(async () => {
  const temp = await tempFolder();
  app = temp.path;
  removeApp = temp.remove;
  await cp(join(import.meta.dirname, 'app'), app, { recursive: true });
  await cp(join(root, 'e2e/models/tiny-bert'), join(app, 'model'), { recursive: true });
  await cp(join(root, 'models/all-MiniLM-L6-v2/tokenizer.json'), join(app, 'model/tokenizer.json'));
  [packed] = JSON.parse((await run('npm', ['pack', '--json', '--pack-destination', app], { cwd: root })).stdout) as [Packed];
  await writeFile(join(app, 'package.json'), JSON.stringify({ private: true, type: 'module', devDependencies: tools }));
  await npm(['install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', `./${packed.filename}`]);
  const executablePath = presentBrowser();
  browser = await chromium.launch({ ...(executablePath && { executablePath }), args: ['--no-sandbox'] });
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await removeApp();
});

describe('The tarball', () => {
  test('holds what runs, its types, the licences and the changes, and nothing else', () => {
    const needed = ['package.json', 'README.md', 'CHANGELOG.md', 'LICENSE', 'dist/THIRD-PARTY-NOTICES.txt'];
    for (const entry of [
      'index',
      'edge',
      'server',
      'remote',
      'search',
      'search-gpu',
      'ai-sdk',
      'langchain',
      'llamaindex',
      'transformers',
      'react',
      'rockpool',
      'cache-inspect',
      'worker',
      'worker-wasm',
      'search-worker',
    ])
      needed.push(`dist/${entry}.js`, `dist/${entry}.js.map`);
    for (const wasm of ['ort-wasm-simd-threaded', 'ort-wasm-simd-threaded.asyncify']) needed.push(`dist/${wasm}.wasm`);
    const files = packed.files.map(({ path }) => path);
    expect(files.filter((path) => !/^dist\/types\/.*\.d\.ts$/.test(path)).sort()).toEqual(needed.sort());
    expect(files).toContain('dist/types/index.d.ts');
    expect(files).toContain('dist/types/edge.d.ts');
    expect(files).toContain('dist/types/server.d.ts');
    console.log(
      `${packed.filename}: ${(packed.size / 1e6).toFixed(1)} MB packed, ${(packed.unpackedSize / 1e6).toFixed(1)} MB unpacked, ${files.length} files`,
    );
  });

  test('costs the main thread at most 8 kB, and none of the engine', async () => {
    const index = await readFile(join(dist, 'index.js'), 'utf8');
    expect(gzipSync(index).length).toBeLessThanOrEqual(8_000);
    expect(index).not.toMatch(/onnx|ort-wasm|InferenceSession|@compute|@group|BigInt64Array/);
    expect(index).toContain("new Worker(new URL('./worker.js',import.meta.url),{type:");
  });

  test('has a server of one file, which is loaded when it is used', async () => {
    const server = await readFile(join(dist, 'server.js'), 'utf8');
    expect(server).not.toMatch(/\bimport\s*[({"'`]|\bprocess\.|\bDeno\b|\bBun\b/);
    expect(await readFile(join(dist, 'index.js'), 'utf8')).toContain("import('./server.js')");
  });

  test('has a search that loads its kernels when they are used', async () => {
    const search = await readFile(join(dist, 'search.js'), 'utf8');
    expect(search).not.toMatch(/@compute|@group|requestAdapter/);
    expect(search).toContain("import('./search-gpu.js')");
    expect(gzipSync(await readFile(join(dist, 'search-gpu.js'))).length).toBeLessThanOrEqual(8_000);
  });

  test('has an edge entry without a worker or comlink', async () => {
    const edge = await readFile(join(dist, 'edge.js'), 'utf8');
    expect(edge).not.toMatch(/new Worker|comlink\.|releaseProxy/);
    expect([...edge.matchAll(/(?:from|import\()\s*["'`]([^"'`]+)/g)].map(([, name]) => name).sort()).toEqual([
      './server.js',
      '@huggingface/jinja',
      '@huggingface/tokenizers',
      'onnxruntime-web/wasm',
      'onnxruntime-web/webgpu',
    ]);
  });
});

describe('Types', () => {
  async function compile(compiler: string, file: string, options: object): Promise<void> {
    const strict = { strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false, noEmit: true, target: 'es2022' };
    await writeFile(join(app, 'tsconfig.json'), JSON.stringify({ compilerOptions: { ...strict, ...options }, files: [file] }));
    await tool(`${compiler}/bin/tsc`, ['-p', '.']);
  }

  test.each([
    ['typescript', 'bundler'],
    ['typescript', 'nodenext'],
    ['typescript-5.9', 'bundler'],
    ['typescript-5.7', 'nodenext'],
  ])(
    'are right for a strict consumer that checks declarations too, with %s and moduleResolution %s',
    { timeout: 60_000 },
    async (compiler, moduleResolution) => {
      const module = moduleResolution === 'nodenext' ? 'nodenext' : 'esnext';
      // No types but the DOM's: @webgpu/types is ours to need, not theirs.
      await compile(compiler, 'types.ts', { module, moduleResolution, lib: ['ES2022', 'DOM'], types: [] });
    },
  );

  test.each(['typescript', 'typescript-5.7'])(
    'are right in a project for Node, without those of the DOM, with %s',
    { timeout: 60_000 },
    (compiler) => compile(compiler, 'node-types.ts', { module: 'nodenext', lib: ['ES2022'], types: ['node'] }),
  );

  test('and exports are faultless to publint and to arethetypeswrong', { timeout: 120_000 }, async () => {
    const { stdout } = await tool('publint/src/cli.js', ['run', packed.filename, '--strict']);
    expect(stdout).toContain('All good');
    // The worker entries are scripts to be run: there is nothing to import from them.
    await tool('@arethetypeswrong/cli/dist/index.js', [
      packed.filename,
      '--profile',
      'esm-only',
      '--exclude-entrypoints',
      './worker',
      './worker-wasm',
      './search-worker',
    ]);
  });
});

describe('Node', () => {
  test('embeds through rockpool/edge, with onnxruntime-web from its node_modules', { timeout: 60_000 }, async () => {
    const { stdout } = await run(process.execPath, ['edge.js', JSON.stringify(texts)], { cwd: app });
    const { vectors, served } = JSON.parse(stdout) as { vectors: number[][]; served: number[][] };
    await expectOracle(vectors, 'tiny-bert');
    expect(served).toEqual(vectors);
  });
});

test.each(Object.entries(runtimes))('The bare name is the edge build in %s', { timeout: 60_000 }, async (_, runtime) => {
  const [command, ...args] = runtime();
  const { stdout } = await run(command, [...args, 'named.js', JSON.stringify(texts)], { cwd: app });
  await expectOracle(JSON.parse(stdout) as number[][], 'tiny-bert');
});

/** A folder of static files with the model and a page that runs `script`, served isolated, so that WASM has its threads. */
async function site(name: string, script: string): Promise<{ folder: string; open: () => Promise<void> }> {
  const folder = join(app, name);
  await mkdir(folder, { recursive: true });
  await cp(join(app, 'model'), join(folder, 'model'), { recursive: true });
  await writeFile(join(folder, 'index.html'), `<!doctype html><title>${name}</title>${script}`);
  const open = async () => {
    const server = await startServer(folder);
    await expectPageEmbeds(browser, `${server.url}/index.html`).finally(() => server.close());
  };
  return { folder, open };
}

test('docs/quick-start.md leads from an empty folder to a search by meaning', { timeout: 240_000 }, async () => {
  const folder = join(app, 'quick-start');
  await mkdir(folder);
  await followQuickStart(folder, { tarball: join(app, packed.filename), vite: tools.vite!, browser });
});

describe('A page', { timeout: 120_000 }, () => {
  test('of static files alone embeds', async () => {
    const map =
      '<script type="importmap">{ "imports": { "rockpool": "./rockpool/index.js", "rockpool/search": "./rockpool/search.js" } }</script>';
    const { folder, open } = await site('static', `${map}<script type="module" src="main.js"></script>`);
    await cp(join(app, 'main.js'), join(folder, 'main.js'));
    await cp(join(app, 'node_modules/rockpool/dist'), join(folder, 'rockpool'), { recursive: true });
    await open();
  });

  test('built by Vite embeds, and so does the one that `vite dev` serves', async () => {
    const source = join(app, 'vite');
    await cp(join(app, 'model'), join(source, 'public/model'), { recursive: true });
    await writeFile(join(source, 'index.html'), '<!doctype html><title>Vite</title><script type="module" src="./main.js"></script>');
    await cp(join(app, 'main.js'), join(source, 'main.js'));
    const { stdout, stderr } = await tool('vite/bin/vite.js', ['build', 'vite', '--base', './', '--outDir', '../vite-built']);
    expect(stdout + stderr).not.toMatch(/warn|doesn't exist at build time/i);
    const built = await startServer(join(app, 'vite-built'));
    await expectPageEmbeds(browser, `${built.url}/index.html`).finally(() => built.close());
    const dev = await serve(
      process.execPath,
      [join(app, 'node_modules/vite/bin/vite.js'), 'vite', '--host', '127.0.0.1', '--port', '0'],
      /(http:\/\/127\.0\.0\.1:\d+)/,
      app,
    );
    await expectPageEmbeds(browser, `${dev.found}/`, false).finally(() => dev.stop());
  });

  test('built by webpack 5 embeds', async () => {
    const { folder, open } = await site('webpack', '<script defer src="main.js"></script>');
    const config = {
      mode: 'production',
      entry: './main.js',
      context: app,
      output: { path: folder, filename: 'main.js' },
      performance: { hints: false },
    };
    const build = `import webpack from 'webpack'; webpack(${JSON.stringify(config)}).run((error, stats) => {
      if (error || stats.hasErrors() || stats.hasWarnings()) throw error ?? new Error(stats.toString());
    });`;
    await run(process.execPath, ['--input-type=module', '-e', build], { cwd: app, limit: 120_000 });
    await open();
  });

  test('built by esbuild, which makes no workers, embeds with the `worker` option', async () => {
    const { folder, open } = await site('esbuild', '<script type="module" src="own-worker.js"></script>');
    const build = `import { build } from 'esbuild'; await build({ entryPoints: ['own-worker.js'], bundle: true, format: 'esm', target: 'es2022', outdir: 'esbuild' });`;
    await run(process.execPath, ['--input-type=module', '-e', build], { cwd: app });
    for (const file of ['worker-wasm.js', 'search-worker.js', 'ort-wasm-simd-threaded.wasm']) {
      await cp(join(app, 'node_modules/rockpool/dist', file), join(folder, 'rockpool', file));
    }
    await open();
  });
});
