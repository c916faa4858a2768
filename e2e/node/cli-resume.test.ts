/** `rockpool embed` as built, killed at any moment: the same command goes on to the very bytes of a run that was not, and nothing else does. */
import { existsSync } from 'node:fs';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { killPrograms, rockpool, start, tinyModel } from './cli-process.ts';
import { linesOf, readNpy } from './cli-outputs.ts';
import { randomFrom, wordsFrom } from './tiny-model.ts';

let folder: string;
let model: string;
let remove = async (): Promise<void> => {};
const path = (name: string) => join(folder, name);
const WASM = ['--device', 'wasm'];

beforeAll(async () => {
  ({ folder, model, remove } = await tinyModel());
});

afterAll(async () => {
  killPrograms();
  await remove();
});

describe('A run that was cut off', { timeout: 300_000 }, () => {
  const many = Array.from({ length: 1_200 }, (_, i) => wordsFrom(randomFrom(i + 1), 20 + (i % 30)));
  const inputs = () => path('many-texts.txt');

  beforeAll(() => writeFile(inputs(), many.join('\n')));

  test.each(['npy', 'jsonl', 'safetensors'])('at random moments goes on to the very bytes of one that was not: %s', async (format) => {
    const args = (output: string) => ['embed', model, inputs(), '-o', output, '--batch-size', '32', ...WASM];
    const whole = path(`whole.${format}`);
    expect((await rockpool(args(whole))).code).toBe(0);
    const seed = Math.floor(Math.random() * 1e6);
    const random = randomFrom(seed);
    const output = path(`cut.${format}`);
    const stops: number[] = [];
    for (let round = 0; round < 4; round++) {
      const program = start(args(output));
      // While it loads, the first time; then somewhere in the next hundreds of texts.
      const target = round === 0 ? 0 : stops.at(-1)! + random() * 400;
      let isOver = false;
      void program.ended.then(() => (isOver = true));
      while (!isOver && (await doneOf(output)) < target) await sleep(5);
      await sleep(random() * (round === 0 ? 500 : 25));
      program.child.kill('SIGKILL');
      const { signal } = await program.ended;
      // Nobody sees a file that is not whole; and a kill that comes too late hits nothing.
      if (existsSync(output)) break;
      expect(signal).toBe('SIGKILL');
      stops.push(await doneOf(output));
    }
    console.log(`${format}: seed ${seed}, killed after ${stops.join(', ')} texts`);
    expect(stops.length).toBeGreaterThan(1);
    // And not all of them while the model was loaded.
    expect(stops.filter((done) => done > 0).length).toBeGreaterThan(0);
    // All that is there is whole batches, and none of them is lost.
    expect(stops.filter((done) => done % 32 !== 0)).toEqual([]);
    expect(stops).toEqual([...stops].sort((a, b) => a - b));
    if (!existsSync(output)) expect((await rockpool(args(output))).code).toBe(0);
    expect((await readFile(output)).equals(await readFile(whole))).toBe(true);
    expect((await readdir(folder)).filter((name) => name.startsWith(`cut.${format}`) && !name.includes('progress'))).toEqual([
      `cut.${format}`,
    ]);
  });

  test('by a signal says how to go on, and does not embed again what is there', async () => {
    const output = path('signal.jsonl');
    const args = ['embed', model, inputs(), '-o', output, '--batch-size', '32', ...WASM];
    const program = start(args);
    while ((await doneOf(output)) === 0) await sleep(5);
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
    while ((await doneOf(output)) < 64) await sleep(5);
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
    expect((await readNpy(output)).shape).toEqual([1_201, 32]);
    expect(await refusal('embed', model, path('other.txt'), '-o', output, ...WASM)).toContain('is there already');
    await writeFile(path('one.txt'), 'one');
    expect((await rockpool(['embed', model, path('one.txt'), '-o', output, '--overwrite', ...WASM])).code).toBe(0);
    expect((await readNpy(output)).shape).toEqual([1, 32]);
  });
});

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Of the file beside the output; 0 without one. */
async function doneOf(output: string): Promise<number> {
  const text = await readFile(`${output}.progress.json`, 'utf8').catch(() => '{"done":0}');
  return (JSON.parse(text) as { done: number }).done;
}
