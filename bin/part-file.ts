/**
 * An output that a kill at any moment leaves in order: FILE.part grows by whole batches, FILE.progress.json says how far it is right, and FILE is
 * there once all is. What lies behind the last batch that is told of is cut off by the next run.
 */
import { existsSync } from 'node:fs';
import { open, readFile, rename, rm, stat, truncate, writeFile, type FileHandle } from 'node:fs/promises';
import { Failure } from './failure.ts';

/** How far a run is: what is not in it, the next run does not believe. */
export interface Progress {
  done: number;
  /** Of the part file. */
  bytes: number;
  /** SHA-256 of the texts that are done. */
  texts: string;
}

/** What has to be the same for two runs to go into one file, by the words that a message uses. */
export type Run = Readonly<Record<string, string | number | boolean | null>>;

interface Sidecar extends Progress {
  rockpool: 1;
  /** The part file is whole, and FILE perhaps already. */
  whole?: true;
  run: Run;
  /** A vector of this run: another model under the same name gives another. */
  probe: string;
}

export interface PartFile {
  /** Where an earlier run was. */
  begin: Progress;
  append(bytes: Uint8Array, progress: Omit<Progress, 'bytes'>): Promise<void>;
  /** `head` goes over the first bytes. */
  finish(head: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

interface Options {
  run: Run;
  probe: Float32Array;
  head: Uint8Array;
  overwrite: boolean;
  /** The digest of no texts. */
  noTexts: string;
}

/** What there is of an output, by its path. */
export function filesOf(file: string): { file: string; part: string; side: string } {
  return { file, part: `${file}.part`, side: `${file}.progress.json` };
}

/** Vectors of one model on two devices differ by far less. */
const SAME = 0.999;

/** Of an output that this process has locked, and that may be replaced: `checkFree`. */
export async function openPart(output: string, { run, probe, head, overwrite, noTexts }: Options): Promise<PartFile> {
  const { file, part, side } = filesOf(output);
  const anew = 'Begin anew with --overwrite.';
  const kept = overwrite ? null : await readSidecar(side, anew);
  if (kept) check(kept, run, probe, part, anew);
  let begin: Progress = { done: 0, bytes: head.length, texts: noTexts };
  const ofRun = { rockpool: 1 as const, run, probe: Buffer.from(probe.buffer, probe.byteOffset, probe.byteLength).toString('base64') };
  let handle: FileHandle;
  if (kept) {
    begin = { done: kept.done, bytes: kept.bytes, texts: kept.texts };
    // The last run ended between its last two steps.
    if (kept.whole && !existsSync(part) && existsSync(file)) await rename(file, part);
    if (!existsSync(part)) throw new Failure(1, `${side} is there without ${part}. ${anew}`);
    if ((await stat(part)).size < kept.bytes) throw new Failure(1, `${part} is shorter than ${side} says. ${anew}`);
    await truncate(part, kept.bytes);
    handle = await open(part, 'r+');
  } else {
    await rm(side, { force: true });
    handle = await open(part, 'w+');
    await writeAll(handle, head, 0);
    await handle.datasync();
    await writeSidecar(side, { ...ofRun, ...begin });
  }
  let reached = begin;
  return {
    begin,
    async append(bytes, progress) {
      await writeAll(handle, bytes, reached.bytes);
      // Before it is told of: the machine may stop too.
      await handle.datasync();
      reached = { ...progress, bytes: reached.bytes + bytes.length };
      await writeSidecar(side, { ...ofRun, ...reached });
    },
    async finish(last) {
      await writeAll(handle, last, 0);
      await handle.datasync();
      await handle.close();
      await writeSidecar(side, { ...ofRun, ...reached, whole: true });
      await rename(part, file);
      await rm(side);
    },
    close: () => handle.close(),
  };
}

async function readSidecar(side: string, anew: string): Promise<Sidecar | null> {
  if (!existsSync(side)) return null;
  try {
    const kept = JSON.parse(await readFile(side, 'utf8')) as Partial<Sidecar>;
    const isWhole = kept.run && typeof kept.probe === 'string' && [kept.done, kept.bytes].every(Number.isSafeInteger);
    if (kept.rockpool === 1 && isWhole) return kept as Sidecar;
  } catch {
    // Told below.
  }
  throw new Failure(1, `${side} is not what rockpool writes. ${anew}`);
}

function check(kept: Sidecar, run: Run, probe: Float32Array, part: string, anew: string): void {
  for (const [name, now] of Object.entries(run)) {
    const before = kept.run[name] ?? null;
    if (before !== now) throw new Failure(1, `${part} was begun with ${name} ${String(before)}, and this run has ${String(now)}. ${anew}`);
  }
  const bytes = Uint8Array.from(Buffer.from(kept.probe, 'base64'));
  const before = new Float32Array(bytes.buffer, 0, Math.floor(bytes.length / 4));
  if (before.length !== probe.length || cosine(before, probe) < SAME)
    throw new Failure(1, `${part} was begun with another model of this name: it gave other vectors. ${anew}`);
}

function cosine(a: Float32Array, b: Float32Array): number {
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    ab += a[i]! * b[i]!;
    aa += a[i]! ** 2;
    bb += b[i]! ** 2;
  }
  return ab / Math.sqrt(aa * bb);
}

/** A write may take less than it was given. */
async function writeAll(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let at = 0; at < bytes.length;) at += (await handle.write(bytes, at, bytes.length - at, position + at)).bytesWritten;
}

/** The old one or the new one is there, never half of one. */
async function writeSidecar(side: string, sidecar: Sidecar): Promise<void> {
  await writeFile(`${side}.new`, JSON.stringify(sidecar));
  await rename(`${side}.new`, side);
}
