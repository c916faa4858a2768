/**
 * Where `rockpool embed` writes: never over what it reads, nowhere that it cannot, and one run at a time. All of it is told before a model
 * is looked at.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, link, mkdir, mkdtemp, open, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { linesOf } from './cli-outputs.ts';
import { killPrograms, rockpool, runtimes, start, tinyModel, type Program, type RuntimeName } from './cli-process.ts';
import { randomFrom, wordsFrom } from './tiny-model.ts';

let folder: string;
let model: string;
let remove = async (): Promise<void> => {};
const path = (name: string) => join(folder, name);
const text = '"one"\n"two"\n';

beforeAll(async () => {
  ({ folder, model, remove } = await tinyModel());
  await chmod(folder, 0o755);
});

afterAll(async () => {
  killPrograms();
  await remove();
});

/** Of a model that is not there, which nobody gets to know. */
async function refusal(args: readonly string[], options: Parameters<typeof rockpool>[1] = {}): Promise<[code: number | null, err: string]> {
  const { code, err } = await rockpool(['embed', 'no/such/model', ...args], options);
  return [code, err.replace(/^rockpool: /, '').trim()];
}

describe('An output that is the input', { timeout: 60_000 }, () => {
  test.each(Object.keys(runtimes) as RuntimeName[])('by any name is refused, in %s', async (runtime) => {
    const own = await mkdtemp(join(folder, 'same-'));
    const input = join(own, 'texts.jsonl');
    await writeFile(input, text);
    const names = {
      path: input,
      dotted: join(own, '.', '..', own.split('/').at(-1)!, 'texts.jsonl'),
      soft: join(own, 'soft.jsonl'),
      hard: join(own, 'hard.jsonl'),
    };
    await symlink(input, names.soft);
    await link(input, names.hard);
    for (const output of Object.values(names)) {
      const [code, err] = await refusal([input, '-o', output, '--overwrite'], { runtime });
      expect([code, err]).toEqual([2, `${input} is read, and ${output} is the same file: it would be lost. Choose another --output.`]);
    }
    expect((await readdir(own)).sort()).toEqual(['hard.jsonl', 'soft.jsonl', 'texts.jsonl']);
    expect(await readFile(input, 'utf8')).toBe(text);
  });

  test('is refused where it is one of several, or the file that a run grows in', async () => {
    await writeFile(path('in.txt'), 'one\n');
    await writeFile(path('out.npy.part'), 'two\n');
    expect(await refusal([path('in.txt'), path('out.npy.part'), '-o', path('out.npy')])).toEqual([
      2,
      `${path('out.npy.part')} is read, and ${path('out.npy.part')} is the same file: it would be lost. Choose another --output.`,
    ]);
    expect(await readFile(path('out.npy.part'), 'utf8')).toBe('two\n');
  });

  test('is refused through stdin and stdout, too', async () => {
    await writeFile(path('piped.jsonl'), text);
    const withFile = async (args: readonly string[], descriptor: 0 | 1, name = path('piped.jsonl')) => {
      const file = await open(name, descriptor === 0 ? 'r' : 'a');
      const [command, ...before] = runtimes.Node();
      const stdio = descriptor === 0 ? ([file.fd, 'ignore', 'pipe'] as const) : (['ignore', file.fd, 'pipe'] as const);
      const child = spawn(command, [...before, join(import.meta.dirname, '../../dist/rockpool.js'), 'embed', 'no/such/model', ...args], {
        stdio: [...stdio],
      });
      let err = '';
      child.stderr!.setEncoding('utf8').on('data', (some: string) => (err += some));
      const code = await new Promise((resolve) => child.on('close', resolve));
      await file.close();
      return [code, err];
    };
    expect(await withFile(['-o', path('piped.jsonl'), '--overwrite'], 0)).toEqual([2, expect.stringContaining('stdin is read, and')]);
    expect(await withFile([path('piped.jsonl')], 1)).toEqual([2, expect.stringContaining('and stdout is the same file')]);
    expect(await readFile(path('piped.jsonl'), 'utf8')).toBe(text);
    // A device may be both.
    expect(await withFile([], 1, '/dev/null')).toEqual([1, expect.stringContaining('no/such/model')]);
  });
});

describe('An output that cannot be', { timeout: 60_000 }, () => {
  test('is told: no folder, a file in its place, a folder in its place, a device', async () => {
    await writeFile(path('texts.txt'), 'one');
    await mkdir(path('folder.npy'));
    const to = (output: string) => refusal([path('texts.txt'), '-o', output, '--format', 'npy', '--overwrite']);
    expect(await to(path('none/x.npy'))).toEqual([1, `Cannot write ${path('none/x.npy')}: There is no folder ${path('none')}.`]);
    expect(await to(path('texts.txt/x.npy'))).toEqual([1, `Cannot write ${path('texts.txt/x.npy')}: ${path('texts.txt')} is no folder.`]);
    expect(await to(path('folder.npy'))).toEqual([1, `${path('folder.npy')} is a folder, and the output is a file in one.`]);
    expect(await to('/dev/null')).toEqual([1, '/dev/null is no regular file. For stdout, leave --output out.']);
  });

  test('is told: a folder that is not for this user', async () => {
    const own = path('locked');
    await mkdir(own);
    await chmod(own, 0o555);
    // Root may write anywhere.
    const user = process.getuid!() === 0 ? { uid: 65_534 } : {};
    expect(await refusal([path('texts.txt'), '-o', join(own, 'x.npy')], user)).toEqual([
      1,
      `Cannot write ${join(own, 'x.npy')}: The folder ${own} is not for this user to write in.`,
    ]);
  });

  test('is told: one that is there', async () => {
    await writeFile(path('there.npy'), 'of somebody');
    expect(await refusal([path('texts.txt'), '-o', path('there.npy')])).toEqual([
      1,
      `${path('there.npy')} is there already. Begin anew with --overwrite.`,
    ]);
    expect(existsSync(path('there.npy.lock'))).toBe(false);
  });
});

describe('Two runs on one output', { timeout: 60_000 }, () => {
  const texts = Array.from({ length: 100 }, (_, i) => wordsFrom(randomFrom(i + 1), 5));
  const args = (input: string, output: string, ...more: string[]) => ['embed', model, input, '-o', output, '--device', 'wasm', ...more];
  beforeAll(() => writeFile(path('texts-100.txt'), texts.join('\n')));

  /** Has a batch, and waits for more texts than it will ever get. */
  async function begun(output: string): Promise<Program> {
    const input = new PassThrough();
    input.write(texts.map((line) => `${line}\n`).join(''));
    const program = start(args('-', output), { input });
    const done = async () => JSON.parse(await readFile(`${output}.progress.json`, 'utf8').catch(() => '{}')) as { done?: number };
    while (!(await done()).done) await new Promise((resolve) => setTimeout(resolve, 5));
    return program;
  }

  test('are one: the second ends with 75 and harms nothing, and after a kill the next goes on at once', async () => {
    const output = path('twice.jsonl');
    const first = await begun(output);
    for (const more of [[], ['--overwrite']]) {
      const second = await rockpool(args(path('texts-100.txt'), output, ...more));
      expect([second.code, second.err]).toEqual([
        75,
        `rockpool: ${output} is being written by another run, process ${first.child.pid}. Wait until that is done. If it is no run any more, delete ${output}.lock.\n`,
      ]);
    }
    first.child.kill('SIGKILL');
    await first.ended;
    const third = await rockpool(args(path('texts-100.txt'), output));
    expect([third.code, third.err]).toEqual([0, expect.stringContaining('Going on after 64 texts.')]);
    expect(linesOf(await readFile(output, 'utf8')).map(({ index }) => index)).toEqual(texts.map((_, i) => i));
    expect((await readdir(folder)).filter((name) => name.startsWith('twice'))).toEqual(['twice.jsonl']);
  });

  test('that find the lock of one that was killed are one, too', async () => {
    const output = path('race.jsonl');
    const killed = await begun(output);
    killed.child.kill('SIGKILL');
    await killed.ended;
    const ends = await Promise.all(Array.from({ length: 3 }, () => rockpool(args(path('texts-100.txt'), output))));
    const others = ends.filter(({ code }) => code !== 0);
    expect(others).toHaveLength(2);
    // One that comes when the first is done finds its file.
    for (const { err } of others) expect(err).toMatch(/ is being written by another run| is there already/);
    expect(linesOf(await readFile(output, 'utf8'))).toHaveLength(texts.length);
    expect((await readdir(folder)).filter((name) => name.startsWith('race'))).toEqual(['race.jsonl']);
  });

  test('do not both remove the lock of one that is gone', async () => {
    const output = path('stale.jsonl');
    const [gone, breaker] = [crypto.randomUUID(), crypto.randomUUID()];
    const ended = start(['--version']);
    await ended.ended;
    const owner = (pid: number, token: string) => JSON.stringify({ pid, host: hostname(), token });
    await writeFile(`${output}.lock`, owner(ended.child.pid!, gone));
    await writeFile(`${output}.lock.${gone}`, owner(process.pid, breaker));
    const run = () => refusal([path('texts-100.txt'), '-o', output]);
    expect(await run()).toEqual([75, expect.stringContaining(`by another run, process ${process.pid}.`)]);
    expect(await readFile(`${output}.lock`, 'utf8')).toContain(gone);
    // Deno does not let everybody look.
    await writeFile(`${output}.lock.${gone}`, JSON.stringify({ pid: ended.child.pid, host: '', token: breaker }));
    await writeFile(`${output}.lock`, JSON.stringify({ pid: ended.child.pid, host: '', token: gone }));
    const inDeno = await refusal([path('texts-100.txt'), '-o', output], { runtime: 'Deno' });
    expect(inDeno).toEqual([
      75,
      expect.stringContaining('Whether it still runs cannot be seen: Requires run access, run again with the --allow-run flag'),
    ]);
    await writeFile(`${output}.lock`, owner(ended.child.pid!, gone));
    // The one that was at it is gone as well.
    await writeFile(`${output}.lock.${gone}`, owner(ended.child.pid!, breaker));
    expect(await run()).toEqual([1, expect.stringContaining('no/such/model')]);
    expect((await readdir(folder)).filter((name) => name.startsWith('stale'))).toEqual([]);
  });

  test.runIf(process.platform === 'linux')('are one if the other was killed, and nobody has asked how it ended', async () => {
    const output = path('zombie.jsonl');
    // The shell becomes a program that never asks.
    const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] });
    const pid = Number(String((await once(parent.stdout, 'data'))[0]));
    const stat = async (process: number, state: RegExp) => {
      while (!state.test(await readFile(`/proc/${process}/stat`, 'utf8'))) await new Promise((resolve) => setTimeout(resolve, 5));
    };
    await stat(parent.pid!, /\(sleep\)/);
    process.kill(pid, 'SIGKILL');
    await stat(pid, /\) Z /);
    await writeFile(`${output}.lock`, JSON.stringify({ pid, host: hostname(), token: crypto.randomUUID() }));
    expect(await refusal([path('texts-100.txt'), '-o', output])).toEqual([1, expect.stringContaining('no/such/model')]);
    parent.kill();
  });

  test('of two machines are told apart, and what is no lock is left alone', async () => {
    const output = path('other.jsonl');
    const lock = (content: object | string) => writeFile(`${output}.lock`, typeof content === 'string' ? content : JSON.stringify(content));
    const owner = { pid: 1, host: `not-${hostname()}`, token: crypto.randomUUID() };
    await lock(owner);
    expect(await refusal([path('texts-100.txt'), '-o', output])).toEqual([
      75,
      expect.stringContaining(
        `by another run, process 1 on not-${hostname()}. Wait until that is done. If it is no run any more, delete ${output}.lock.`,
      ),
    ]);
    for (const other of [
      'of somebody',
      { pid: -1, host: hostname(), token: owner.token },
      { pid: 1, host: hostname(), token: '../x' },
      '[]',
      'null',
    ]) {
      await lock(other);
      expect(await refusal([path('texts-100.txt'), '-o', output])).toEqual([
        1,
        expect.stringContaining('.lock is not what rockpool writes.'),
      ]);
      expect(existsSync(`${output}.lock`)).toBe(true);
    }
    // A machine that stopped in the moment of its writing leaves an empty one.
    await lock('');
    expect(await refusal([path('texts-100.txt'), '-o', output])).toEqual([1, expect.stringContaining('no/such/model')]);
    expect(existsSync(`${output}.lock`)).toBe(false);
  });
});
