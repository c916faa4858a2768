/** torch's activation functions over float32 rows, in place. */
import type { Activation } from '../shapes.ts';
import { erf } from './erf.ts';

/** In float64, whose exp() overflows to infinity where the quotient is 0 in float32 anyway. */
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

const elementwise: Record<Exclude<Activation, 'identity' | 'softmax'>, (x: number) => number> = {
  // Not `x > 0 ? x : 0`: NaN stays NaN, here and below.
  relu: (x) => Math.max(0, x),
  gelu: (x) => (x / 2) * (1 + erf(x * Math.SQRT1_2)),
  gelu_tanh: (x) => (x / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
  silu: (x) => x * sigmoid(x),
  tanh: Math.tanh,
  sigmoid,
};

/** `values` are rows of `width`, one behind the other. Softmax is over each row; the others do not look at the width. */
export function activate(values: Float32Array, width: number, activation: Activation): void {
  if (activation === 'identity') return;
  if (activation === 'softmax') {
    for (let start = 0; start < values.length; start += width) softmax(values.subarray(start, start + width));
    return;
  }
  const apply = elementwise[activation];
  for (let i = 0; i < values.length; i++) values[i] = apply(values[i]!);
}

function softmax(row: Float32Array): void {
  // Without the largest, exp() overflows from 89 on.
  const largest = row.reduce((a, b) => Math.max(a, b), -Infinity);
  // float64: the sum of 150,000 float32 shares would be seen to differ from 1.
  const powers = Float64Array.from(row, (x) => Math.exp(x - largest));
  const sum = powers.reduce((a, b) => a + b, 0);
  powers.forEach((power, i) => (row[i] = power / sum));
}
