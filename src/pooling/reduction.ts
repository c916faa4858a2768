/** A span -> the numbers that both poolers compute it with. */
import type { Span } from '../shapes.ts';

/** sum(w[i] x[i]) / divisor, where w[0] is `first` and each weight is `growth` more than the one before. */
interface WeightedSum {
  first: number;
  growth: 0 | 1;
  divisor: number;
}

/** Every reduction is a weighted sum but `max`, which is null. */
export function weightedSumOf({ count, reduce, firstWeight = 1 }: Span): WeightedSum | null {
  switch (reduce) {
    case 'mean':
      return { first: 1, growth: 0, divisor: count };
    case 'mean_sqrt_len':
      return { first: 1, growth: 0, divisor: Math.sqrt(count) };
    case 'weightedmean':
      return { first: firstWeight, growth: 1, divisor: (count * (2 * firstWeight + count - 1)) / 2 };
    case 'max':
      return null;
  }
}
