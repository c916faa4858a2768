import { describe, expect, test } from 'vitest';
import type { Activation } from '../shapes.ts';
import { activate } from './activation.ts';
import { erf } from './erf.ts';

const activated = (activation: Activation, values: number[], width = values.length) => {
  const out = Float32Array.from(values);
  activate(out, width, activation);
  return [...out];
};

/**
 * torch 2.13 in float64:
 *   python -c "import torch; x = torch.tensor([…], dtype=torch.float64); print(torch.nn.GELU()(x))"
 * and so on for ReLU, GELU('tanh'), SiLU, Tanh and Sigmoid.
 */
const INPUTS = [-1e4, -30, -6, -3, -1, -0.5, -1e-3, 0, 1e-3, 0.5, 1, 3, 6, 30, 1e4];
// prettier-ignore
const OUTPUTS = {
  identity: INPUTS,
  relu: [0, 0, 0, 0, 0, 0, 0, 0, 0.001, 0.5, 1, 3, 6, 30, 1e4],
  gelu: [0, 0, -5.91952587e-9, -0.00404969409, -0.158655254, -0.154268769, -0.000499601058, 0, 0.000500398942, 0.345731231, 0.841344746, 2.99595031, 5.99999999, 30, 1e4],
  gelu_tanh: [0, 0, -8.43964898e-11, -0.00363739208, -0.158808009, -0.15428599, -0.000499601058, 0, 0.000500398942, 0.34571401, 0.841191991, 2.99636261, 6, 30, 1e4],
  silu: [0, -2.80728689e-12, -0.0148357389, -0.14227762, -0.268941421, -0.188770334, -0.00049975, 0, 0.00050025, 0.311229666, 0.731058579, 2.85772238, 5.98516426, 30, 1e4],
  tanh: [-1, -1, -0.999987712, -0.995054754, -0.761594156, -0.462117157, -0.000999999667, 0, 0.000999999667, 0.462117157, 0.761594156, 0.995054754, 0.999987712, 1, 1],
  sigmoid: [0, 9.35762297e-14, 0.00247262316, 0.0474258732, 0.268941421, 0.377540669, 0.49975, 0.5, 0.50025, 0.622459331, 0.731058579, 0.952574127, 0.997527377, 1, 1],
};

describe.each(Object.keys(OUTPUTS) as (keyof typeof OUTPUTS)[])('%s', (activation) => {
  test('gives torch’s values, small ones to seven digits and far ones without overflow', () => {
    activated(activation, INPUTS).forEach((value, i) => {
      const expected = OUTPUTS[activation][i]!;
      expect(Math.abs(value - expected), `at ${INPUTS[i]}`).toBeLessThanOrEqual(Math.max(Math.abs(expected) * 2e-7, 1e-18));
    });
  });
  test('keeps NaN, and to itself', () => {
    expect(activated(activation, [NaN, 1])).toEqual([NaN, activated(activation, [1])[0]]);
  });
});

describe('softmax', () => {
  // torch.nn.Softmax(-1)
  test.each([
    [
      [1, 2, 3],
      [0.0900305732, 0.244728471, 0.665240956],
    ],
    [
      [-1e4, 0, 1e4],
      [0, 0, 1],
    ],
    [
      [1e4, 1e4, 1e4],
      [1 / 3, 1 / 3, 1 / 3],
    ],
    [
      [-1e4, -1e4, -9999],
      [0.211941558, 0.211941558, 0.576116885],
    ],
  ])('of %j', (values, expected) => {
    activated('softmax', values).forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 7));
  });
  test('is over each row on its own', () => {
    expect(activated('softmax', [7, 7, 0, 1e4], 2)).toEqual([0.5, 0.5, 0, 1]);
  });
  test('of one column is 1', () => {
    expect(activated('softmax', [-1e4, 0, 1e4], 1)).toEqual([1, 1, 1]);
  });
  test('of a row with a NaN is NaN, and the other rows are not', () => {
    expect(activated('softmax', [1, NaN, 0, 0], 2)).toEqual([NaN, NaN, 0.5, 0.5]);
  });
  test('of 150,000 equal values sums to 1', () => {
    const sum = activated(
      'softmax',
      Array.from({ length: 150_000 }, () => 3),
    ).reduce((a, b) => a + b);
    expect(sum).toBeCloseTo(1, 6);
  });
});

// scipy 1.17: python -c "from scipy.special import erf; print([repr(float(erf(x))) for x in (1e-8, .1, .5, 1, 2, 3, 4, 5, 5.99, 6)])"
test.each([
  [1e-8, 1.1283791670955125e-8],
  [0.1, 0.1124629160182849],
  [0.5, 0.5204998778130465],
  [1, 0.8427007929497148],
  [2, 0.9953222650189527],
  [3, 0.9999779095030014],
  [4, 0.9999999845827421],
  [5, 0.9999999999984626],
  [5.99, 1],
  [6, 1],
  [Infinity, 1],
])('erf(±%d) is right to 1e-15', (x, expected) => {
  expect(Math.abs(erf(x) - expected)).toBeLessThan(1e-15 * Math.min(1, expected * 10));
  expect(erf(-x)).toBe(-erf(x));
});
