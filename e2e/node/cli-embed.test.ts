/** `rockpool embed` as built: every format read by its specification and held against llm.embed. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LLM } from 'rockpool/edge';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { killPrograms, rockpool, runtimes, start, tinyModel, type RuntimeName } from './cli-process.ts';
import { linesOf, readNpy, readSafetensors } from './cli-outputs.ts';
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
