/** Programs run to their end or beside the test, and folders that are gone afterwards. */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

export interface Ended {
  stdout: string;
  stderr: string;
  /** Milliseconds from its last output to its end: a program that is kept alive by something forgotten is killed at `limit`. */
  lingered: number;
}

interface RunOptions {
  cwd?: string;
  /** Milliseconds. Default 60,000. */
  limit?: number;
}

/** Rejects, with all that it printed, unless the program ends by itself and well. */
export function run(command: string, args: readonly string[], { cwd, limit = 60_000 }: RunOptions = {}): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = start(command, args, cwd);
    const printed = { stdout: '', stderr: '' };
    let last = performance.now();
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].setEncoding('utf8').on('data', (text: string) => {
        printed[stream] += text;
        last = performance.now();
      });
    }
    const timer = setTimeout(() => child.kill('SIGKILL'), limit);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (code === 0) return resolve({ ...printed, lingered: performance.now() - last });
      const how = signal ? `was ended by ${signal} (limit ${limit} ms)` : `ended with ${code}`;
      reject(new Error(`${[command, ...args].join(' ').slice(0, 300)} ${how}\n${printed.stdout}\n${printed.stderr}`));
    });
  });
}

/** Starts a program and waits until it prints what `pattern` finds; `found` is the first group of it. */
export function serve(
  command: string,
  args: readonly string[],
  pattern: RegExp,
  cwd: string,
): Promise<{ found: string; stop: () => Promise<void> }> {
  return new Promise((resolve, reject) => {
    const child = start(command, args, cwd);
    const ended = new Promise<void>((done) => child.on('close', () => done()));
    let printed = '';
    const read = (text: string) => {
      printed += text;
      const found = pattern.exec(printed)?.[1];
      const stop = () => (child.kill(), ended);
      if (found !== undefined) resolve({ found, stop });
    };
    child.stdout.setEncoding('utf8').on('data', read);
    child.stderr.setEncoding('utf8').on('data', read);
    child.on('error', reject);
    void ended.then(() => reject(new Error(`${command} ended before it printed ${pattern}:\n${printed}`)));
  });
}

/** Without what vitest sets: a tool that finds NODE_ENV=test does other things than its users know. */
function start(command: string, args: readonly string[], cwd: string | undefined): ChildProcessByStdio<null, Readable, Readable> {
  const { NODE_ENV: _env, VITEST: _vitest, FORCE_COLOR: _color, ...env } = process.env;
  return spawn(command, args, { ...(cwd && { cwd }), stdio: ['ignore', 'pipe', 'pipe'], env: { ...env, NO_COLOR: '1' } });
}

export async function tempFolder(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'rockpool-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
