/**
 * Late chunking (Günther et al. 2024, arXiv 2409.04701): the model reads a text once, and each of its chunks becomes the mean of its own
 * tokens' states, which know the text around them.
 */
import { PoolingError } from '../errors.ts';
import type { Encoding, Run } from '../shapes.ts';
import type { LateChunkingParams } from '../types.ts';

/** The tokens of each chunk. `offsets`: two numbers a token, null where they are not known. */
export function lateChunks({ ids }: Encoding, params: LateChunkingParams, offsets: Int32Array | null, of: string): Run[] {
  if ('chunk_size' in params) return windows(ids.length, params.chunk_size);
  if (!offsets)
    throw new PoolingError(
      'invalid-input',
      `late_chunking_params.char_ranges: it is not known where in ${of} its tokens stand. Give it as a text of at most 65,536 characters.`,
    );
  return params.char_ranges.map(([start, end], i) => {
    const run = tokensWithin(offsets, start, end);
    if (run) return run;
    const why = 'no token begins there that the model reads';
    throw new PoolingError('invalid-input', `late_chunking_params.char_ranges[${i}] is [${start}, ${end}), and in ${of} ${why}.`);
  });
}

/** Of each chunk the place in the prompt, as `offsets` tells it of a token: from its first token's start to its last one's end. */
export function chunkOffsets(runs: readonly Run[], offsets: Int32Array | null): Int32Array | null {
  if (!offsets) return null;
  return Int32Array.from(
    runs.flatMap(({ start, count }) => {
      let [from, to] = [0, 0];
      for (let token = start; token < start + count; token++) {
        const [begin, end] = [offsets[2 * token]!, offsets[2 * token + 1]!];
        if (end <= begin) continue;
        if (to === 0) from = begin;
        to = Math.max(to, end);
      }
      return [from, to];
    }),
  );
}

/** vLLM's: so many tokens each, special tokens included; the last may be short. */
function windows(tokens: number, size: number): Run[] {
  return Array.from({ length: Math.ceil(tokens / size) }, (_, i) => ({ start: i * size, count: Math.min(size, tokens - i * size) }));
}

/** A token is in the range that it begins in, so that ranges which do not overlap share none. Special tokens and a prompt's are in none. */
function tokensWithin(offsets: Int32Array, start: number, end: number): Run | null {
  let first = -1;
  let last = -1;
  for (let token = 0; token * 2 < offsets.length; token++) {
    const [from, to] = [offsets[2 * token]!, offsets[2 * token + 1]!];
    if (to <= from || from < start || from >= end) continue;
    if (first < 0) first = token;
    last = token;
  }
  return first < 0 ? null : { start: first, count: last - first + 1 };
}
