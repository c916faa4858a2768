/** dist/rockpool.js as a program in Node, Deno and Bun, with what it prints and how it ends; and a tiny model at a path for it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { cp } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { tempFolder } from './processes.ts';
import { runtimes as libraryRuntimes, type Runtime } from './runtimes.ts';

const root = resolve(import.meta.dirname, '../..');

/** The command writes files and reads its environment, too. */
export const runtimes = {
  ...libraryRuntimes,
  Deno: (): Runtime => [...libraryRuntimes.Deno(), '--allow-write', '--allow-env'],
};

export type RuntimeName = keyof typeof runtimes;

export interface Program {
  child: ChildProcess;
  /** All that was printed so far. */
  out(): string;
  err(): string;
  /** The first group of what stderr has, now or later. Rejects if the program ends without. */
  printed(pattern: RegExp): Promise<string>;
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

interface StartOptions {
  runtime?: RuntimeName;
  env?: Readonly<Record<string, string>>;
  /** Of stdin. Default: nothing. */
  input?: string | Uint8Array | Readable;
  /** Where dist/ lies. Default: here. */
  installed?: string;
  /** The number of another user to run it as, which root can. */
  uid?: number;
}

const running = new Set<ChildProcess>();

/** No test leaves a program behind: call it in afterAll. */
export function killPrograms(): void {
  for (const child of running) child.kill('SIGKILL');
}

export function start(args: readonly string[], { runtime = 'Node', env = {}, input, installed = root, uid }: StartOptions = {}): Program {
  const [command, ...before] = runtimes[runtime]();
  const clean = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(NODE_ENV|VITEST.*|FORCE_COLOR|HF_.*|\w+_API_KEY)$/.test(name)),
  );
  const child = spawn(command, [...before, join(installed, 'dist/rockpool.js'), ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(uid !== undefined && { uid }),
    // A cache that does not exist: nothing of the user's is read or written.
    env: { ...clean, ROCKPOOL_CACHE: join(root, 'test-results/no-cache'), ...env },
  });
  running.add(child);
  let [out, err] = ['', ''];
  const watchers = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
    for (const look of watchers) look();
  });
  // A program that does not read its input may be gone before it is written.
  child.stdin.on('error', () => {});
  if (input instanceof Readable) input.pipe(child.stdin);
  else child.stdin.end(input);
  const ended = new Promise<Awaited<Program['ended']>>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      running.delete(child);
      resolve({ code, signal });
    });
  });
  return {
    child,
    out: () => out,
    err: () => err,
    ended,
    printed: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = pattern.exec(err)?.[1];
          if (found === undefined) return;
          watchers.delete(look);
          resolve(found);
        };
        watchers.add(look);
        void ended.then(() => reject(new Error(`It ended before it printed ${pattern}:\n${err}`)));
        look();
      }),
  };
}

/** Runs it to its end. */
export async function rockpool(
  args: readonly string[],
  options?: StartOptions,
): Promise<{ code: number | null; out: string; err: string }> {
  const program = start(args, options);
  const { code } = await program.ended;
  return { code, out: program.out(), err: program.err() };
}

/** tiny-bert with its tokenizer beside it, and room for a test's files. */
export async function tinyModel(): Promise<{ folder: string; model: string; remove: () => Promise<void> }> {
  const { path: folder, remove } = await tempFolder();
  const model = join(folder, 'tiny-bert');
  await cp(join(root, 'e2e/models/tiny-bert'), model, { recursive: true });
  await cp(join(root, 'models/all-MiniLM-L6-v2/tokenizer.json'), join(model, 'tokenizer.json'));
  return { folder, model, remove };
}
