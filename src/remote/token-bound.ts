/** A limit of tokens for a whole call, which only a tokenizer can count -> passed if it is kept for certain, else an error. */
import { PoolingError } from '../errors.ts';
import { bytesIn } from '../text-parts.ts';
import type { Input, Served } from './dialect.ts';

/** Special tokens, and what a template writes around a pair. */
const SPECIALS = 64;

/** `windows`: the inputs that go through the model together. */
export function checkTotal(most: number | null, windows: readonly (readonly Input[])[], { maxModelLen, title }: Served): void {
  if (most === null || windows.length * maxModelLen <= most) return;
  const size = (input: Input) => (typeof input === 'string' ? bytesIn(input) : input.length);
  let total = 0;
  for (const window of windows)
    total += Math.min(
      maxModelLen,
      window.reduce((sum, input) => sum + size(input), SPECIALS),
    );
  if (total <= most) return;
  throw new PoolingError(
    'too-many-tokens',
    `The prompts may have up to ${total} tokens, which ${title} cannot be asked to count, and maxTotalTokens is ${most}. Give fewer or shorter prompts, or leave it out.`,
  );
}
