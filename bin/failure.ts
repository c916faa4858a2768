/** What ends a command: a message for its user, and the exit code. */

/** What sysexits.h has for "try again later". */
export const LOCKED = 75;

/** Told in every --help. */
export const EXIT_CODES = {
  0: 'done, or stopped by a signal with every request under way answered',
  1: 'failed: no such model, port in use, a text that cannot be embedded, …',
  2: 'wrong flags or arguments',
  [LOCKED]: 'another run of `embed` writes the same output',
  130: 'ended by SIGINT: before it was ready, in `embed`, twice, or with requests left after --shutdown-timeout',
  141: 'whoever read stdout is gone',
  143: 'ended by SIGTERM, as by SIGINT',
} as const;

export class Failure extends Error {
  readonly exitCode: number;

  constructor(exitCode: number, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

export function wrongUse(message: string): Failure {
  return new Failure(2, message);
}

/** Of any error. The library's `invalid-option` is a value that a flag brought in. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof Failure) return error.exitCode;
  return (error as { code?: unknown } | null)?.code === 'invalid-option' ? 2 : 1;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
