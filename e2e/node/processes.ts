/** Programs run to their end and folders that are gone afterwards. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

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
    const child = spawn(command, args, { ...(cwd && { cwd }), stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NO_COLOR: '1' } });
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

export async function tempFolder(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'rockpool-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
