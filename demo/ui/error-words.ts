/** An error in, its three sentences out. */
import { PoolingError } from 'rockpool';
import type { ErrorCode } from 'rockpool';
import { again, errorTexts } from './error-texts.ts';
import type { ErrorWords } from './error-texts.ts';

export type { ErrorWords };

export function errorWords(error: unknown): ErrorWords {
  const known = error instanceof PoolingError ? errorTexts[error.code] : undefined;
  return known ?? { what: 'Something unexpected went wrong.', means: messageOf(error), todo: again };
}

export const codeOf = (error: unknown): ErrorCode | null => (error instanceof PoolingError ? error.code : null);

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
