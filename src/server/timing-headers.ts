/** Where the time of a request went -> headers that browsers (`Server-Timing`) and TEI's clients (`x-*-time`, whole milliseconds) know. */
import type { Timings } from '../types.ts';

export function timingHeaders(
  { tokenize, queue, infer, pool }: Timings,
  total: number,
  tokens: number,
  device: string,
): Record<string, string> {
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
