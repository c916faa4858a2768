/**
 * A float32 value -> the word of a smaller IEEE-like format, rounded to nearest, ties to even, as torch's casts do. Those give NaN for what
 * is too large for a format without infinity.
 */

export interface Minifloat {
  bytes: 1 | 2;
  /** Bits of each. One more is the sign. */
  exponent: number;
  mantissa: number;
  /** False: the largest exponent is for numbers too, all ones is NaN, and what is too large becomes the largest number. */
  infinity: boolean;
}

export function minifloatOf(value: number, { exponent, mantissa, infinity }: Minifloat): number {
  const sign = (value < 0 || Object.is(value, -0) ? 1 : 0) << (exponent + mantissa);
  const ones = (1 << (exponent + mantissa)) - 1;
  const topExponent = ((1 << exponent) - 1) << mantissa;
  if (Number.isNaN(value)) return infinity ? sign | topExponent | (1 << (mantissa - 1)) : sign | ones;
  const magnitude = Math.abs(value);
  const bias = (1 << (exponent - 1)) - 1;
  // Below the smallest normal number steps no longer get smaller.
  const power = Math.max(1 - bias, Math.min(1023, Math.floor(Math.log2(magnitude === 0 ? Number.MIN_VALUE : magnitude))));
  const step = 2 ** (power - mantissa);
  const steps = roundToEven(magnitude / step);
  // As an integer the word grows with its value: a mantissa that runs over makes the exponent one more.
  const word = steps + ((power + bias - 1) << mantissa);
  const most = infinity ? topExponent : ones - 1;
  return sign | Math.min(word, most);
}

function roundToEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  if (rest !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}
