/** Where the time of a request went -> headers that browsers (`Server-Timing`) and TEI's clients (`x-*-time`, whole milliseconds) know. */
import type { Timings } from '../types.ts';

/** Their names: pages of other sites see those alone that are named. */
export const TIMING_HEADERS = [
  'x-compute-type',
  'x-compute-time',
  'x-compute-tokens',
  'x-total-time',
  'x-tokenization-time',
  'x-queue-time',
  'x-inference-time',
] as const;

export function timingHeaders(
  { tokenize, queue, infer, pool }: Timings,
  total: number,
  tokens: number,
  device: string,
): Record<(typeof TIMING_HEADERS)[number] | 'Server-Timing', string> {
  const parts = { queue, tokenize, infer, pool, total };
  const whole = (ms: number) => String(Math.round(ms));
  return {
    'Server-Timing': Object.entries(parts)
      .map(([name, ms]) => `${name};dur=${ms.toFixed(2)}`)
      .join(', '),
    'x-compute-type': device,
    'x-compute-time': whole(infer + pool),
    'x-compute-tokens': String(tokens),
    'x-total-time': whole(total),
    'x-tokenization-time': whole(tokenize),
    'x-queue-time': whole(queue),
    'x-inference-time': whole(infer),
  };
}
