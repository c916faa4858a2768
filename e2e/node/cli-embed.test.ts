/** `rockpool embed` as built: every format read by its specification and held against llm.embed, and a run killed at any moment that goes on to the same bytes. */
import { existsSync } from 'node:fs';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LLM } from 'rockpool/edge';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { killPrograms, rockpool, runtimes, start, tinyModel, type RuntimeName } from './cli-process.ts';
import { randomFrom, wordsFrom } from './tiny-model.ts';

let folder: string;
let model: string;
let remove = async (): Promise<void> => {};
let llm: LLM;
const path = (name: string) => join(folder, name);
const WASM = ['--device', 'wasm'];

/** More than two batches, and no whole number of them; an empty line in the middle. */
const texts = Array.from({ length: 150 }, (_, i) => (i === 70 ? '' : wordsFrom(randomFrom(i), 1 + (i % 17))));

beforeAll(async () => {
  ({ folder, model, remove } = await tinyModel());
  llm = await LLM.load(model, { device: 'wasm', onLog: () => {} });
  await writeFile(path('texts.txt'), texts.map((text) => `${text}\n`).join(''));
});

afterAll(async () => {
  killPrograms();
  await llm?.dispose();
  await remove();
});

/** In the program's own batches, so that the bits are the same. */
async function expectedRows(list: readonly string[], options: object = {}, batch = 64): Promise<number[][]> {
  const rows: number[][] = [];
  for (let at = 0; at < list.length; at += batch) {
    for (const { outputs } of await llm.embed(list.slice(at, at + batch), options)) rows.push([...outputs.embedding]);
  }
  return rows;
}

interface Matrix {
  shape: number[];
  rows: number[][];
}

function rowsOf(bytes: Buffer, shape: number[]): Matrix {
  const [count, width] = shape as [number, number];
  expect(bytes.length).toBe(count * width * 4);
  const rows = Array.from({ length: count }, (_, i) => Array.from({ length: width }, (_, j) => bytes.readFloatLE((i * width + j) * 4)));
  return { shape, rows };
}

/** By numpy.lib.format, version 1.0. */
async function readNpy(file: string): Promise<Matrix> {
  const bytes = await readFile(file);
  expect(bytes.toString('latin1', 0, 8)).toBe('\x93NUMPY\x01\x00');
  const end = 10 + bytes.readUInt16LE(8);
  const [, shape] = /^\{'descr': '<f4', 'fortran_order': False, 'shape': \((\d+, \d+)\), \} *\n$/.exec(bytes.toString('latin1', 10, end))!;
  return rowsOf(bytes.subarray(end), shape!.split(', ').map(Number));
}

async function readSafetensors(file: string): Promise<Matrix & { metadata: Record<string, string> }> {
  const bytes = await readFile(file);
  const end = 8 + Number(bytes.readBigUInt64LE(0));
  const { __metadata__: metadata, embeddings, ...others } = JSON.parse(bytes.toString('utf8', 8, end));
  expect(others).toEqual({});
  expect(embeddings).toMatchObject({ dtype: 'F32', data_offsets: [0, bytes.length - end] });
  return { ...rowsOf(bytes.subarray(end), embeddings.shape), metadata };
}

type Line = { index: number; id?: unknown; embedding: number[]; tokens: number };
const linesOf = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);

describe('Every line of a file', { timeout: 60_000 }, () => {
  test.each(Object.keys(runtimes) as RuntimeName[])('is a line of jsonl on stdout, in %s', async (runtime) => {
    const { code, out, err } = await rockpool(['embed', model, path('texts.txt'), ...WASM], { runtime });
    expect([code, err]).toEqual([0, expect.stringContaining('150 texts')]);
    const lines = linesOf(out);
    expect(lines.map(({ embedding }) => embedding)).toEqual(await expectedRows(texts));
    expect(lines.map(({ index }) => index)).toEqual(texts.map((_, i) => i));
    expect(lines[70]!.tokens).toBe(2);
    expect(lines[0]).not.toHaveProperty('id');
  });

  test.each(Object.keys(runtimes) as RuntimeName[])('is a row of npy, in %s', async (runtime) => {
    const output = path(`${runtime}.npy`);
    const { code, err } = await rockpool(['embed', model, path('texts.txt'), '-o', output, ...WASM], { runtime });
    expect([code, err]).toEqual([0, expect.stringContaining(`${output}: [150, 32]`)]);
    expect(await readNpy(output)).toEqual({ shape: [150, 32], rows: await expectedRows(texts) });
  });

  test('is a row of safetensors, which says what made it', async () => {
    const output = path('all.safetensors');
    expect((await rockpool(['embed', model, path('texts.txt'), '-o', output, ...WASM])).code).toBe(0);
    const { shape, rows, metadata } = await readSafetensors(output);
    expect([shape, rows]).toEqual([[150, 32], await expectedRows(texts)]);
    expect(metadata).toEqual({ model: 'tiny-bert', dtype: 'fp32', pooling_type: 'MEAN' });
  });

  test('comes from stdin as well, and of several files one after the other', async () => {
    const input = 'one\ntwo';
    const fromStdin = await rockpool(['embed', model, ...WASM], { input });
    expect(linesOf(fromStdin.out).map(({ embedding }) => embedding)).toEqual(await expectedRows(['one', 'two']));
    await writeFile(path('b.txt'), 'three\n');
    const both = await rockpool(['embed', model, '-', path('b.txt'), ...WASM], { input });
    expect(linesOf(both.out).map(({ embedding }) => embedding)).toEqual(await expectedRows(['one', 'two', 'three']));
  });

  test('is none where there is nothing, and the file is right all the same', async () => {
    await writeFile(path('empty.txt'), '');
    expect((await rockpool(['embed', model, path('empty.txt'), '-o', path('empty.npy'), ...WASM])).code).toBe(0);
    expect(await readNpy(path('empty.npy'))).toEqual({ shape: [0, 32], rows: [] });
    expect(await rockpool(['embed', model, path('empty.txt'), ...WASM])).toMatchObject({ code: 0, out: '' });
  });
});

describe('JSON lines', { timeout: 60_000 }, () => {
  test('keep their ids, and may be base64', async () => {
    await writeFile(path('in.jsonl'), '{"id":"a","body":"one"}\n{"id":{"n":2},"body":"two"}\n');
    const args = [
      'embed',
      model,
      path('in.jsonl'),
      '--field',
      'body',
      '--id-field',
      'id',
      '--encoding-format',
      'base64',
      '-o',
      path('out.jsonl'),
      ...WASM,
    ];
    expect((await rockpool(args)).code).toBe(0);
    const lines = linesOf(await readFile(path('out.jsonl'), 'utf8'));
    expect(lines.map(({ id }) => id)).toEqual(['a', { n: 2 }]);
    const vectors = lines.map(({ embedding }) => [...new Float32Array(Uint8Array.from(Buffer.from(String(embedding), 'base64')).buffer)]);
    expect(vectors).toEqual(await expectedRows(['one', 'two']));
  });

  test('go to stdout no further than they are read', async () => {
    await writeFile(path('many.txt'), 'x\n'.repeat(50_000));
    const program = start(['embed', model, path('many.txt'), ...WASM]);
    program.child.stdout!.once('data', () => program.child.stdout!.destroy());
    expect(await program.ended).toEqual({ code: 141, signal: null });
  });
});

describe('Options', { timeout: 60_000 }, () => {
  test('of a vector are those of llm.embed', async () => {
    const args = [
      '--hf-overrides',
      '{"matryoshka_dimensions":[16]}',
      '--dimensions',
      '16',
      '--no-normalize',
      '--prompt',
      'query: ',
      '--batch-size',
      '7',
    ];
    const { out } = await rockpool(['embed', model, path('texts.txt'), ...args, ...WASM]);
    const other = await LLM.load(model, { device: 'wasm', onLog: () => {}, hfOverrides: { matryoshka_dimensions: [16] } });
    const expected: number[][] = [];
    for (let at = 0; at < texts.length; at += 7) {
      const some = await other.embed(texts.slice(at, at + 7), { poolingParams: { dimensions: 16, normalize: false }, prompt: 'query: ' });
      expected.push(...some.map(({ outputs }) => [...outputs.embedding]));
    }
    await other.dispose();
    expect(linesOf(out).map(({ embedding }) => embedding)).toEqual(expected);
  });

  test('that cannot be are refused before anything is loaded', async () => {
    const refusal = async (...args: string[]) => {
      const { code, err } = await rockpool(['embed', 'no/such/model', ...args], { input: 'x' });
      return [code, err.replace(/^rockpool: /, '').trim()];
    };
    expect(await refusal('--format', 'npy')).toEqual([2, 'npy needs --output FILE: its first bytes are written last.']);
    expect(await refusal('-o', 'x.bin')).toEqual([2, 'Which format is x.bin to be? Pass --format jsonl|npy|safetensors']);
    expect(await refusal('-o', 'x.npy', '--id-field', 'id')).toEqual([2, expect.stringContaining('no place for ids')]);
    expect(await refusal('-o', 'x.npy', '--encoding-format', 'base64')).toEqual([2, expect.stringContaining('is for jsonl')]);
    expect(await refusal(path('none.txt'))).toEqual([1, `There is no file ${path('none.txt')}.`]);
    expect(await refusal(folder)).toEqual([1, `${folder} is a folder.`]);
    expect(await rockpool(['embed'])).toMatchObject({ code: 2, err: expect.stringContaining('Which model?') });
  });

  test('of length: a text that is too long is named, and with --truncate the run goes on from there', async () => {
    const long = [...texts.slice(0, 100), 'word '.repeat(1_000).trim(), 'last'];
    await writeFile(path('long.txt'), long.join('\n'));
    const args = ['embed', model, path('long.txt'), '-o', path('long.npy'), ...WASM];
    const failed = await rockpool(args);
    expect(failed.code).toBe(1);
    expect(failed.err).toMatch(/rockpool: \S+long\.txt:101: .*256 tokens.*--truncate -1 cuts such texts/);
    const second = await rockpool([...args, '--truncate', '-1']);
    expect([second.code, second.err]).toEqual([0, expect.stringContaining('Going on after 64 texts.')]);
    expect((await readNpy(path('long.npy'))).rows).toEqual(await expectedRows(long, { truncatePromptTokens: -1 }));
  });
});

describe('A run that was cut off', { timeout: 300_000 }, () => {
  const many = Array.from({ length: 3_000 }, (_, i) => wordsFrom(randomFrom(i + 1), 20 + (i % 30)));
  const inputs = () => path('many-texts.txt');

  beforeAll(() => writeFile(inputs(), many.join('\n')));

  test.each(['npy', 'jsonl', 'safetensors'])('at random moments goes on to the very bytes of one that was not: %s', async (format) => {
    const args = (output: string) => ['embed', model, inputs(), '-o', output, '--batch-size', '32', ...WASM];
    const whole = path(`whole.${format}`);
    const begin = performance.now();
    expect((await rockpool(args(whole))).code).toBe(0);
    const took = performance.now() - begin;
    const seed = Math.floor(Math.random() * 1e6);
    console.log(`${format}: seed ${seed}, ${Math.round(took)} ms without a cut`);
    const random = randomFrom(seed);
    const output = path(`cut.${format}`);
    let [kills, advances, last] = [0, 0, 0];
    for (;;) {
      const program = start(args(output));
      // Most of a run is embedding; early kills meet the load and the first batch.
      const timer = setTimeout(() => program.child.kill('SIGKILL'), took * (0.2 + random() * 0.7));
      const { code, signal } = await program.ended;
      clearTimeout(timer);
      if (signal === null) {
        expect([code, program.err()]).toEqual([0, expect.stringContaining(output)]);
        break;
      }
      kills++;
      // Nobody sees a file that is not whole.
      if (existsSync(output)) break;
      const done = await doneOf(output);
      expect(done % 32).toBe(0);
      expect(done).toBeGreaterThanOrEqual(last);
      if (done > last) advances++;
      last = done;
    }
    console.log(`${format}: ${kills} kills, ${advances} of them after progress`);
    expect(kills).toBeGreaterThan(0);
    expect((await readFile(output)).equals(await readFile(whole))).toBe(true);
    const left = (await readdir(folder)).filter((name) => name.startsWith(`cut.${format}`));
    expect(left.sort()).toEqual(
      existsSync(`${output}.progress.json`) ? [`cut.${format}`, `cut.${format}.progress.json`] : [`cut.${format}`],
    );
  });

  test('by a signal says how to go on, and does not embed again what is there', async () => {
    const output = path('signal.jsonl');
    const args = ['embed', model, inputs(), '-o', output, '--batch-size', '32', ...WASM];
    const program = start(args);
    while ((await doneOf(output)) === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    program.child.kill('SIGINT');
    expect(await program.ended).toEqual({ code: 130, signal: null });
    expect(program.err()).toMatch(/Stopped after [\d,]+ texts\. The same command goes on\./);
    const done = await doneOf(output);
    const part = await stat(`${output}.part`);
    expect(done).toBeLessThan(many.length);
    const second = await rockpool(args);
    expect(second.err).toContain(`Going on after ${done.toLocaleString('en')} texts.`);
    expect(second.err).toContain(`${(many.length - done).toLocaleString('en')} texts,`);
    expect((await stat(output)).size).toBeGreaterThan(part.size);
    expect(linesOf(await readFile(output, 'utf8')).map(({ index }) => index)).toEqual(many.map((_, i) => i));
  });

  test('is never mixed with another: another model, other options, other texts', async () => {
    const output = path('mixed.npy');
    const base = ['embed', model, inputs(), '-o', output, '--batch-size', '32', ...WASM];
    const program = start(base);
    while ((await doneOf(output)) < 64) await new Promise((resolve) => setTimeout(resolve, 5));
    program.child.kill('SIGKILL');
    await program.ended;
    const before = await readFile(`${output}.part`);
    const refusal = async (...args: string[]) => {
      const { code, err } = await rockpool(args);
      expect([code, err]).toEqual([1, expect.stringContaining('Begin anew with --overwrite.')]);
      return err;
    };
    expect(await refusal(...base, '--no-normalize')).toContain('was begun with --normalize null, and this run has false.');
    expect(await refusal(...base, '--pooler-config.pooling_type', 'CLS')).toContain('another model of this name');
    await writeFile(path('other.txt'), ['changed', ...many.slice(1)].join('\n'));
    expect(await refusal('embed', model, path('other.txt'), '-o', output, ...WASM)).toContain('are not those that the input begins with');
    await writeFile(path('fewer.txt'), 'one\ntwo\n');
    expect(await refusal('embed', model, path('fewer.txt'), '-o', output, ...WASM)).toContain('The input has 2 texts, and');
    // What was done is still there, up to what was told of.
    const { bytes } = JSON.parse(await readFile(`${output}.progress.json`, 'utf8')) as { bytes: number };
    expect((await readFile(`${output}.part`)).equals(before.subarray(0, bytes))).toBe(true);
    // More texts at the end are no other input.
    await writeFile(path('more.txt'), [...many, 'one more'].join('\n'));
    expect((await rockpool(['embed', model, path('more.txt'), '-o', output, '--batch-size', '32', ...WASM])).code).toBe(0);
    expect((await readNpy(output)).shape).toEqual([3_001, 32]);
    expect(await refusal('embed', model, path('other.txt'), '-o', output, ...WASM)).toContain('is there already');
    await writeFile(path('one.txt'), 'one');
    expect((await rockpool(['embed', model, path('one.txt'), '-o', output, '--overwrite', ...WASM])).code).toBe(0);
    expect((await readNpy(output)).shape).toEqual([1, 32]);
  });
});

/** Of the file beside the output; 0 without one. */
async function doneOf(output: string): Promise<number> {
  const text = await readFile(`${output}.progress.json`, 'utf8').catch(() => '{"done":0}');
  return (JSON.parse(text) as { done: number }).done;
}
