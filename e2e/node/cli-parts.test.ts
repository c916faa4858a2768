/** The parts of the program that need no model: lines, files of vectors, a run that can go on, the cache on disk. */
import { existsSync } from 'node:fs';
import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { installDiskCache } from '../../bin/disk-cache.ts';
import { openPart } from '../../bin/part-file.ts';
import { readLines } from '../../bin/read-lines.ts';
import { readRecords, type InputOptions } from '../../bin/read-records.ts';
import { jsonl, npy, safetensors } from '../../bin/vector-formats.ts';
import { startServer } from '../server.ts';
import { tempFolder } from './processes.ts';
import { randomFrom } from './tiny-model.ts';
import { LLM } from 'rockpool/edge';

const root = join(import.meta.dirname, '../..');
let folder: string;
let remove = async (): Promise<void> => {};

beforeAll(async () => {
  ({ path: folder, remove } = await tempFolder());
});
afterAll(() => remove());

async function* pieces(...parts: (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield typeof part === 'string' ? new TextEncoder().encode(part) : part;
}

async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of source) list.push(item);
  return list;
}

const message = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'no error',
    (error: unknown) => (error as Error).message,
  );

describe('Lines', () => {
  test('are the same however the bytes come', async () => {
    const text = '\ufeffone\r\n\nnaïve 你好 🙂\n\n\ufefflast';
    const whole = new TextEncoder().encode(text);
    const expected = ['one', '', 'naïve 你好 🙂', '', '\ufefflast'];
    for (let size = 1; size <= whole.length; size++) {
      const parts = Array.from({ length: Math.ceil(whole.length / size) }, (_, i) => whole.subarray(i * size, (i + 1) * size));
      const lines = await all(readLines(pieces(...parts)));
      expect(lines.map((line) => line.text)).toEqual(expected);
      expect(lines.at(-1)!.end).toBe(whole.length);
      const [first] = lines;
      expect(new TextDecoder().decode(whole.subarray(0, first!.end))).toBe('one\r\n');
    }
  });

  test('have no last one behind the last line end, and none where there is nothing', async () => {
    expect((await all(readLines(pieces('a\n')))).map(({ text }) => text)).toEqual(['a']);
    expect((await all(readLines(pieces('\n')))).map(({ text }) => text)).toEqual(['']);
    expect(await all(readLines(pieces()))).toEqual([]);
  });
});

describe('Records', () => {
  const read = async (name: string, content: string | Uint8Array, options: Partial<InputOptions> = {}) => {
    const file = join(folder, name);
    await writeFile(file, content);
    return all(readRecords([file], { format: null, field: 'text', idField: null, ...options }));
  };

  test('of lines are all lines, so that row i is line i', async () => {
    expect((await read('a.txt', 'one\n\n{"text":"x"}\n')).map(({ text }) => text)).toEqual(['one', '', '{"text":"x"}']);
  });

  test('of JSON lines have their field and their id, and blank lines are none', async () => {
    const records = await read('a.jsonl', '{"body":"one","id":7}\n\n{"id":"b","body":"two"}', { field: 'body', idField: 'id' });
    expect(records.map(({ text, id }) => [text, id])).toEqual([
      ['one', 7],
      ['two', 'b'],
    ]);
    expect(records[1]!.place).toBe(`${join(folder, 'a.jsonl')}:3`);
    expect((await read('b.ndjson', '"plain"\n')).map(({ text }) => text)).toEqual(['plain']);
  });

  test('that are wrong are named by file and line', async () => {
    const wrong = (content: string | Uint8Array, options?: Partial<InputOptions>) => message(read('w.jsonl', content, options));
    expect(await wrong('{"text":"a"}\n{"text":')).toContain('w.jsonl:2: not JSON');
    expect(await wrong('{"body":"a","n":1}')).toContain('w.jsonl:1: has no field "text". It has: body, n');
    expect(await wrong('{"text":1}')).toContain('w.jsonl:1: the field "text" is no text');
    expect(await wrong('{"text":"a"}', { idField: 'id' })).toContain('has no field "id"');
    expect(await wrong(Uint8Array.of(0x61, 0x0a, 0xff, 0x0a), { format: 'lines' })).toContain('w.jsonl:2: not UTF-8');
    expect(await message(all(readRecords([join(folder, 'none')], { format: null, field: 'text', idField: null })))).toContain(
      'There is no file',
    );
  });
});

describe('A file of vectors', () => {
  const embedding = Float32Array.of(1, -2.5, 0.1);
  const embedded = { index: 0, id: undefined, embedding, tokens: 4 };

  test('in npy has the header of the format, of one length for any number of rows', () => {
    for (const rows of [0, 1, 12_345, 2 ** 40]) {
      const head = npy.head(rows, 384);
      expect(head.length % 64).toBe(0);
      expect(head.length).toBe(npy.head(0, 384).length);
      expect([...head.subarray(0, 8)]).toEqual([0x93, ...Buffer.from('NUMPY'), 1, 0]);
      expect(new DataView(head.buffer).getUint16(8, true)).toBe(head.length - 10);
      const dictionary = Buffer.from(head.subarray(10)).toString('latin1');
      expect(dictionary).toMatch(new RegExp(`^\\{'descr': '<f4', 'fortran_order': False, 'shape': \\(${rows}, 384\\), \\} *\\n$`));
    }
  });

  test('in safetensors has a header that says where its data is', () => {
    const format = safetensors({ model: 'naïve "m"' });
    const head = format.head(7, 3);
    expect(head.length).toBe(format.head(0, 3).length);
    const length = Number(new DataView(head.buffer).getBigUint64(0, true));
    expect(head.length).toBe(8 + length);
    expect(JSON.parse(Buffer.from(head.subarray(8)).toString('utf8'))).toEqual({
      __metadata__: { model: 'naïve "m"' },
      embeddings: { dtype: 'F32', shape: [7, 3], data_offsets: [0, 7 * 3 * 4] },
    });
  });

  test('has float32 little-endian in it, or a line for each', () => {
    expect([...npy.vector(embedded)]).toEqual([...new Uint8Array(embedding.buffer)]);
    const [float, base64] = (['float', 'base64'] as const).map((encoding) =>
      JSON.parse(Buffer.from(jsonl(encoding).vector({ ...embedded, id: 'x' })).toString()),
    );
    expect(float).toEqual({ index: 0, id: 'x', embedding: [...embedding], tokens: 4 });
    expect(Buffer.from(base64.embedding as string, 'base64')).toEqual(Buffer.from(embedding.buffer));
    expect(JSON.parse(Buffer.from(jsonl('float').vector(embedded)).toString())).not.toHaveProperty('id');
  });
});

describe('A run that can go on', () => {
  const head = new TextEncoder().encode('HEAD');
  const probe = Float32Array.of(0.6, 0.8);
  const run = { model: 'm', format: 'npy' };
  const open = (file: string, more: object = {}) => openPart(file, { run, probe, head, overwrite: false, noTexts: '-', ...more });
  const data = (text: string) => new TextEncoder().encode(text);

  test('is cut off behind the last batch that was told of, and is its file only when it is whole', async () => {
    const file = join(folder, 'run.npy');
    const first = await open(file);
    await first.append(data('aaaa'), { done: 1, texts: 'h1' });
    await first.close();
    // A write that was not told of: the rest of it never came.
    await writeFile(`${file}.part`, 'HEADaaaabbbbbbbbbbb');
    expect(existsSync(file)).toBe(false);
    const second = await open(file);
    expect(second.begin).toEqual({ done: 1, bytes: 8, texts: 'h1' });
    await second.append(data('cccc'), { done: 2, texts: 'h2' });
    await second.finish(data('DONE'));
    expect(await readFile(file, 'utf8')).toBe('DONEaaaacccc');
    expect((await readdir(folder)).filter((name) => name.startsWith('run.npy'))).toEqual(['run.npy']);
  });

  test('ends well between any two steps of its end', async () => {
    const file = join(folder, 'end.npy');
    const part = await open(file);
    await part.append(data('aaaa'), { done: 1, texts: 'h1' });
    const sidecar = await readFile(`${file}.progress.json`, 'utf8');
    await part.finish(data('DONE'));
    await writeFile(`${file}.progress.json`, JSON.stringify({ ...JSON.parse(sidecar), whole: true }));
    const again = await open(file);
    expect(again.begin.done).toBe(1);
    await again.finish(data('DONE'));
    expect(await readFile(file, 'utf8')).toBe('DONEaaaa');
  });

  test('never takes a file of another run for its own', async () => {
    const file = join(folder, 'other.npy');
    const part = await open(file);
    await part.append(data('aaaa'), { done: 1, texts: 'h1' });
    await part.close();
    expect(await message(open(file, { run: { ...run, model: 'n' } }))).toContain('was begun with model m, and this run has n.');
    expect(await message(open(file, { run: { ...run, format: 'jsonl' } }))).toContain('format npy');
    expect(await message(open(file, { probe: Float32Array.of(0.8, 0.6) }))).toContain('another model of this name');
    expect(await message(open(file, { probe: Float32Array.of(0.6, 0.8, 0) }))).toContain('another model of this name');
    // The last bits may differ: of another device.
    await (await open(file, { probe: Float32Array.of(0.6001, 0.8) })).close();
    await writeFile(file, 'of somebody else');
    await rename(`${file}.part`, `${file}.gone`);
    expect(await message(open(file))).toContain('is there without');
    expect(await readFile(file, 'utf8')).toBe('of somebody else');
    await rename(`${file}.gone`, `${file}.part`);
    await writeFile(`${file}.part`, 'HEAD');
    expect(await message(open(file))).toContain('is shorter than');
    await writeFile(`${file}.progress.json`, '{');
    expect(await message(open(file))).toContain('is not what rockpool writes');
    const anew = await open(file, { overwrite: true, run: { ...run, model: 'n' } });
    expect(anew.begin.done).toBe(0);
    await anew.finish(data('DONE'));
    expect(await readFile(file, 'utf8')).toBe('DONE');
  });
});

describe('The cache on disk', () => {
  test('keeps what was downloaded, goes on with what was not, and shows no half-written file', async () => {
    const cached = join(folder, 'cache');
    installDiskCache(cached);
    const server = await startServer();
    try {
      const model = `${server.url}/e2e/models/tiny-bert-dense`;
      const load = () => LLM.load(model, { device: 'wasm', onLog: () => {} });
      const first = await load();
      const asked = server.requests.length;
      expect(asked).toBeGreaterThan(5);
      const second = await load();
      // Files that are not there are looked for again.
      expect(server.requests.slice(asked).filter((path) => existsSync(join(root, path)))).toEqual([]);
      expect((await second.embed('hello'))[0]!.outputs).toEqual((await first.embed('hello'))[0]!.outputs);
      await Promise.all([first.dispose(), second.dispose()]);
      const files = await readdir(cached, { recursive: true });
      expect(files.filter((file) => file.endsWith('.entry')).length).toBeGreaterThan(5);
      // Under the model's name, for who wants to be rid of it; and no draft is left.
      expect(files.some((file) => file.includes('tiny-bert-dense'))).toBe(true);
      expect(files.filter((file) => /\.entry\./.test(file))).toEqual([]);
    } finally {
      await server.close();
      Reflect.deleteProperty(globalThis, 'caches');
    }
  });

  test('is not left by any key, and is told apart from nothing', async () => {
    const cached = join(folder, 'keys/deep');
    installDiskCache(cached);
    try {
      const cache = await caches.open('x');
      for (const name of ['..', '../../..', '%2e%2e/%2e%2e', 'a b', '.', 'ü/🙂', 'C:\\x']) {
        const key = `https://rockpool.invalid/v1/${encodeURIComponent(name)}/../${name}/record`;
        expect(await cache.match(key)).toBeUndefined();
        await cache.put(key, new Response(`of ${name}`, { headers: { 'x-a': 'b' } }));
        const found = await cache.match(key);
        expect([await found?.text(), found?.headers.get('x-a')]).toEqual([`of ${name}`, 'b']);
        expect([await cache.delete(key), await cache.delete(key)]).toEqual([true, false]);
      }
      expect(await readdir(join(folder, 'keys'))).toEqual(['deep']);
      expect(await readdir(cached)).toEqual(['x']);
    } finally {
      Reflect.deleteProperty(globalThis, 'caches');
    }
  });
});

test('Lines of random length and random pieces come back as they were', async () => {
  const seed = Date.now() % 1e6;
  console.log(`seed ${seed}`);
  const random = randomFrom(seed);
  const below = (most: number) => Math.floor(random() * most);
  for (let round = 0; round < 50; round++) {
    const lines = Array.from({ length: below(20) }, () => 'aé🙂 '.repeat(below(30)).slice(0, -1));
    const whole = Buffer.from(lines.map((line) => `${line}\n`).join(''));
    const parts: Uint8Array[] = [];
    for (let at = 0; at < whole.length;) parts.push(whole.subarray(at, (at += 1 + below(40))));
    expect((await all(readLines(pieces(...parts)))).map(({ text }) => text)).toEqual(lines.map((line) => Buffer.from(line).toString()));
  }
});
