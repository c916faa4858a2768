/** The paths of `rockpool embed`: what cannot work, or would destroy something, is told before a model is loaded for nothing. */
import { existsSync, fstatSync, statSync, type BigIntStats } from 'node:fs';
import { Failure, wrongUse } from './failure.ts';
import { filesOf } from './part-file.ts';

export function checkInputs(files: readonly string[]): void {
  for (const file of files) {
    if (file === '-') continue;
    const stat = statOf(file);
    if (!stat) throw new Failure(1, `There is no file ${file}.`);
    if (stat.isDirectory()) throw new Failure(1, `${file} is a folder.`);
  }
}

/** `-` is stdout. */
export function checkOutput(output: string, inputs: readonly string[]): void {
  const isStdout = output === '-';
  const stat = isStdout ? undefined : statOf(output);
  if (stat?.isDirectory()) throw new Failure(1, `${output} is a folder, and the output is a file in one.`);
  // A device would be replaced by a file.
  if (stat && !stat.isFile()) throw new Failure(1, `${output} is no regular file. For stdout, leave --output out.`);
  const written = isStdout ? ['-'] : Object.values(filesOf(output));
  for (const path of written) {
    const input = inputs.find((one) => isSame(identityOf(one, 0), identityOf(path, 1)));
    if (input === undefined) continue;
    const [read, into] = [input === '-' ? 'stdin' : input, isStdout ? 'stdout' : path];
    throw wrongUse(`${read} is read, and ${into} is the same file: it would be lost. Choose another --output.`);
  }
}

/** Of an output that is locked: none is replaced, unless the user says so. One with progress beside it is a run's own. */
export function checkFree(output: string, overwrite: boolean): void {
  const { file, side } = filesOf(output);
  if (!overwrite && existsSync(file) && !existsSync(side)) throw new Failure(1, `${file} is there already. Begin anew with --overwrite.`);
}

function statOf(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true });
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

/** `-` is the descriptor. */
function identityOf(path: string, descriptor: 0 | 1): BigIntStats | undefined {
  if (path !== '-') return statOf(path);
  try {
    return fstatSync(descriptor, { bigint: true });
  } catch {
    // Closed, or a runtime that does not say.
    return undefined;
  }
}

/** By any name: the same path, a symbolic link or a hard one. Pipes and terminals are read and written at once. */
function isSame(a: BigIntStats | undefined, b: BigIntStats | undefined): boolean {
  return a !== undefined && b !== undefined && a.isFile() && a.ino !== 0n && a.ino === b.ino && a.dev === b.dev;
}
