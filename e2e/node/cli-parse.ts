/** A command line as its tests ask for it: what it means, or how it is refused. */
import { expect } from 'vitest';
import { exitCodeOf, Failure } from '../../bin/failure.ts';
import { commonFlags, limitFlags, logFlags, modelFlags, serveFlags } from '../../bin/flags.ts';
import { parseFlags } from '../../bin/parse-flags.ts';

export const FLAGS = { ...modelFlags, ...serveFlags, ...limitFlags, ...logFlags, ...commonFlags };
export const parse = (...argv: string[]) => parseFlags(argv, FLAGS, 'rockpool serve');

/** A failure's message, and that its exit code is 2. */
export function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(Failure);
    expect(exitCodeOf(error)).toBe(2);
    return (error as Error).message;
  }
  throw new Error('It was taken.');
}

/** A shell's words of a line in single quotes and backslashes at line ends. */
export function words(line: string): string[] {
  return [...line.replaceAll(/\\\n/g, ' ').matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!);
}
