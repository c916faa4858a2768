/** Attention mask [rows, tokens] and a pooling type -> the spans of token rows to average, in row order. */
import { PoolingError } from '../errors.ts';
import type { PoolSpec, Span } from '../shapes.ts';

/**
 * CLS is the first real token, LAST the last real one, MEAN all of them (special tokens included, as vLLM and Sentence-Transformers do),
 * ALL one span per real token. Reading the mask makes it right for padding on either side.
 */
export function spansOf(mask: ArrayLike<bigint | number>, rows: number, tokens: number, type: PoolSpec['type']): Span[] {
  const spans: Span[] = [];
  for (let row = 0; row < rows; row++) {
    const { start, count } = realTokens(mask, row, tokens);
    switch (type) {
      case 'CLS':
        spans.push({ start, count: 1 });
        break;
      case 'LAST':
        spans.push({ start: start + count - 1, count: 1 });
        break;
      case 'MEAN':
        spans.push({ start, count });
        break;
      case 'ALL':
        for (let i = 0; i < count; i++) spans.push({ start: start + i, count: 1 });
        break;
    }
  }
  return spans;
}

function realTokens(mask: ArrayLike<bigint | number>, row: number, tokens: number): Span {
  const end = (row + 1) * tokens;
  let start = row * tokens;
  while (start < end && !mask[start]) start++;
  let stop = start;
  while (stop < end && mask[stop]) stop++;
  for (let i = stop; i < end; i++) {
    if (mask[i]) throw new PoolingError('invalid-input', `The attention mask of row ${row} has a gap: pooling needs one run of ones.`);
  }
  if (stop === start) throw new PoolingError('invalid-input', `The attention mask of row ${row} is all zero: there is nothing to pool.`);
  return { start, count: stop - start };
}
