/** `--device` of the program in Node: WebGPU of the package `webgpu` gives the vectors of WebAssembly, and without the package there is none. */
import { cp, mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { LLM } from 'rockpool/edge';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { killPrograms, rockpool, start, tinyModel } from './cli-process.ts';

const root = resolve(import.meta.dirname, '../..');
const input = 'The capital of France is Paris.\nhello\n';
let folder: string;
let model: string;
let remove = async (): Promise<void> => {};
let expected: number[][];

beforeAll(async () => {
  ({ folder, model, remove } = await tinyModel());
  const llm = await LLM.load(model, { device: 'wasm', onLog: () => {} });
  expected = (await llm.embed(input.trim().split('\n'))).map(({ outputs }) => [...outputs.embedding]);
  await llm.dispose();
});

afterAll(async () => {
  killPrograms();
  await remove();
});

function expectClose(out: string): void {
  const rows = out
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { embedding: number[] }).embedding);
  expect(rows).toHaveLength(expected.length);
  rows.forEach((row, i) => row.forEach((value, j) => expect(Math.abs(value - expected[i]![j]!)).toBeLessThan(1e-5)));
}

test('WebGPU embeds, serves, keeps the result of its check, and lets the process end', { timeout: 180_000 }, async () => {
  // A software adapter takes seconds to compile its shaders.
  const env = { ROCKPOOL_CACHE: join(folder, 'cache') };
  const first = await rockpool(['embed', model, '--device', 'webgpu'], { input, env });
  expect([first.code, first.err]).toEqual([0, expect.stringContaining('comparing WebGPU with WebAssembly')]);
  expectClose(first.out);
  expect(await readdir(env.ROCKPOOL_CACHE)).toEqual(['rockpool-reference']);
  const program = start(['serve', model, '--port', '0', '--device', 'webgpu'], { env });
  const url = await program.printed(/Ready on (\S+)/);
  expect(program.err()).toMatch(/device +webgpu \(.+\)/);
  const body = JSON.stringify({ input: input.trim().split('\n') });
  const response = await fetch(`${url}/v1/embeddings`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
  expectClose(((await response.json()) as { data: object[] }).data.map((one) => JSON.stringify(one)).join('\n'));
  program.child.kill('SIGTERM');
  expect(await program.ended).toEqual({ code: 0, signal: null });
});

test('auto computes on the CPU where there is no GPU, and says why', { timeout: 60_000 }, async () => {
  const { code, out, err } = await rockpool(['embed', model], { input });
  expect(code).toBe(0);
  expectClose(out);
  // With a GPU it is used, and there is nothing to say.
  if (err.includes('Using WASM')) expect(err).toMatch(/Using WASM: .*adapter/);
});

test('without the package, auto computes on the CPU, and webgpu says what to install', { timeout: 60_000 }, async () => {
  const installed = join(folder, 'installed');
  await cp(join(root, 'dist'), join(installed, 'dist'), { recursive: true, filter: (file) => !/\.wasm$|\.map$|types/.test(file) });
  await cp(join(root, 'package.json'), join(installed, 'package.json'));
  const { dependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { dependencies: Record<string, string> };
  for (const name of Object.keys(dependencies)) {
    const link = join(installed, 'node_modules', name);
    await mkdir(dirname(link), { recursive: true });
    await symlink(join(root, 'node_modules', name), link);
  }
  const auto = await rockpool(['embed', model], { input, installed });
  expect([auto.code, auto.err]).toEqual([0, expect.not.stringContaining('WebGPU')]);
  expectClose(auto.out);
  const named = await rockpool(['embed', model, '--device', 'webgpu'], { input, installed });
  expect([named.code, named.err]).toEqual([1, expect.stringContaining('npm install webgpu')]);
});
