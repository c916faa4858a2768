/** A batch and a pooling -> the spans of rows to reduce: text by text, and for each text in the order of the types. */
import { PoolingError } from '../errors.ts';
import type { Batch, PoolSpec, Run, Span } from '../shapes.ts';
import type { PoolingType } from '../types.ts';

type Tokens = Pick<Batch, 'mask' | 'ids' | 'rows' | 'tokens' | 'skips' | 'chunks'>;

/**
 * Rows that the graph has pooled already are taken as they are. Token rows are found by the mask, which makes it right for padding on either
 * side; special tokens count, as they do for vLLM and Sentence-Transformers.
 */
export function spansOf(batch: Tokens, spec: Pick<PoolSpec, 'output' | 'types' | 'stepTagId'>): Span[] {
  const spans: Span[] = [];
  for (let row = 0; row < batch.rows; row++) {
    if (spec.output.rows === 'text') {
      spans.push(single(row));
      continue;
    }
    const text = realTokens(batch, row);
    const chunks = batch.chunks[row];
    if (chunks) {
      for (const { start, count } of chunks) spans.push({ start: text.start + start, count, reduce: 'mean' });
      continue;
    }
    for (const type of spec.types) {
      if (type === 'ALL' || type === 'STEP') pushTokens(spans, text, batch.ids, type === 'STEP' ? spec.stepTagId : null);
      else spans.push(wholeText(type, text, batch.skips[row] ?? 0, row));
    }
  }
  return spans;
}

const single = (row: number): Span => ({ start: row, count: 1, reduce: 'mean' });

/** A span for each token, the skipped ones too: skipping is for the vector of a text. With a tag, only for the tokens that are the tag. */
function pushTokens(spans: Span[], { start, count }: Run, ids: Batch['ids'], tag: number | null): void {
  const wanted = tag === null ? null : BigInt(tag);
  for (let row = start; row < start + count; row++) if (wanted === null || ids[row] === wanted) spans.push(single(row));
}

/**
 * The tokens after the skipped ones, as Sentence-Transformers 6.2 does it: CLS is the first of them, and their weights in a weighted mean are
 * those they have in the whole text. Where nothing is left it answers zeros, or another token; a zero vector is no vector.
 */
function wholeText(type: Exclude<PoolingType, 'ALL' | 'STEP'>, text: Run, skip: number, row: number): Span {
  const start = text.start + skip;
  const count = text.count - skip;
  if (count < 1) {
    throw new PoolingError(
      'invalid-input',
      `Text ${row} of the batch has ${text.count} tokens, and pooling leaves out the first ${skip} (its prompt): there is nothing to pool. Give it a text after the prompt.`,
    );
  }
  switch (type) {
    case 'CLS':
      return single(start);
    case 'LAST':
      return single(start + count - 1);
    case 'MEAN':
      return { start, count, reduce: 'mean' };
    case 'MEAN_SQRT_LEN':
      return { start, count, reduce: 'mean_sqrt_len' };
    case 'MAX':
      return { start, count, reduce: 'max' };
    case 'WEIGHTEDMEAN':
      return { start, count, reduce: 'weightedmean', firstWeight: skip + 1 };
  }
}

function realTokens({ mask, tokens }: Tokens, row: number): Run {
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
