import { describe, expect, test } from 'vitest';
import { growth } from '../growth-for-tests.ts';
import type { HeadLayer, Rows } from '../shapes.ts';
import { applyHead, headWidth } from './apply-head.ts';

const rowsOf = (...rows: number[][]): Rows => ({
  data: Float32Array.from(rows.flat()),
  rows: rows.length,
  dimensions: rows[0]!.length,
});
const dense = (
  weight: number[][],
  bias: number[] | null = null,
  activation: Extract<HeadLayer, { kind: 'dense' }>['activation'] = 'identity',
) =>
  ({
    kind: 'dense',
    inputs: weight[0]!.length,
    outputs: weight.length,
    weight: Float32Array.from(weight.flat()),
    bias: bias && Float32Array.from(bias),
    activation,
  }) satisfies HeadLayer;
const layerNorm = (width: number, eps: number, weight: number[] | null = null, bias: number[] | null = null) =>
  ({
    kind: 'layer-norm',
    width,
    eps,
    weight: weight && Float32Array.from(weight),
    bias: bias && Float32Array.from(bias),
  }) satisfies HeadLayer;

function expectRows(rows: Rows, expected: number[][]) {
  expect([rows.rows, rows.dimensions, rows.data.length]).toEqual([expected.length, expected[0]!.length, expected.flat().length]);
  expected.flat().forEach((value, i) => expect(Math.abs(rows.data[i]! - value)).toBeLessThan(2e-6 * Math.max(1, Math.abs(value))));
}

// Expected values: torch 2.13 in float64, torch.nn.functional.linear(x, w, b), layer_norm(x, (4,), …), gelu, normalize and softmax.
const X = rowsOf([1, 2, 3, 4], [-1, 0.5, 0, 100]);
// prettier-ignore
const W = [[0.1, 0.2, 0.3, 0.4], [-1, 0, 1, 0.5], [0.25, -0.75, 0.5, -0.125]];
const B = [0.5, -1, 2];

// prettier-ignore
describe('a head', () => {
  test('without layers gives the rows back', () => expect(applyHead(X, [])).toEqual(X));

  test('multiplies by the transposed weight and adds the bias', () => {
    expectRows(applyHead(X, [dense(W, B)]), [[3.5, 3, 1.75], [40.5, 50, -11.125]]);
  });

  test('activates after that', () => {
    expectRows(applyHead(X, [dense(W, null, 'gelu')]), [[2.99595030590511, 3.9998733150326675, -0.10032341857926907], [40, 51, 0]]);
  });

  test('normalises a layer as torch.nn.LayerNorm: the variance by n, eps inside the root', () => {
    expectRows(applyHead(X, [layerNorm(4, 1e-5)]), [
      [-1.3416354199689269, -0.447211806656309, 0.447211806656309, 1.3416354199689269],
      [-0.5965170152228647, -0.5619363186882059, -0.5734632175330922, 1.7319165514441628],
    ]);
    expectRows(applyHead(X, [layerNorm(4, 1e-12, [1, 2, 0.5, -1], [0, 0.1, 0.2, 0.3])]), [
      [-1.3416407864993372, -0.794427190999558, 0.4236067977498895, -1.0416407864993371],
      [-0.5965170168080416, -1.023872640362977, -0.08673160952850312, -1.4319165560465363],
    ]);
    expectRows(applyHead(rowsOf([1, 1, 1, 1 + 2 ** -10]), [layerNorm(4, 1e-5)]), [
      [-0.07652290775438725, -0.07652290775438725, -0.07652290775438725, 0.22956872326316174],
    ]);
    // A row of equal values: nothing is left but the bias, and nothing is divided by zero.
    expectRows(applyHead(rowsOf([5, 5]), [layerNorm(2, 1e-12, null, [1, -1])]), [[1, -1]]);
  });

  test('divides by the length, and leaves a zero row', () => {
    expectRows(applyHead(rowsOf([3, -4], [0, 0]), [{ kind: 'normalize' }]), [[0.6, -0.8], [0, 0]]);
  });

  test('goes through its layers in order', () => {
    const layers = [dense(W, B, 'gelu'), layerNorm(3, 1e-5), { kind: 'normalize' }, dense([[1, -2, 3], [0.5, 0.5, 0.5]], null, 'softmax')] satisfies HeadLayer[];
    expectRows(applyHead(X, layers), [[0.10109283030702108, 0.8989071696929788], [0.03950146402557722, 0.9604985359744227]]);
    expect(headWidth(4, layers)).toBe(2);
  });
});

test('the rows that go in stay as they are', () => {
  const before = [...X.data];
  for (const layer of [dense(W, B, 'tanh'), layerNorm(4, 1e-5), { kind: 'normalize' }] satisfies HeadLayer[]) applyHead(X, [layer]);
  expect([...X.data]).toEqual(before);
});

test('no rows stay no rows, as wide as the head gives them', () => {
  expect(applyHead({ data: new Float32Array(0), rows: 0, dimensions: 4 }, [dense(W, B)])).toMatchObject({ rows: 0, dimensions: 3 });
});

test.each([
  [1, 1, 1],
  [1, 7, 3],
  [2, 5, 4],
  [3, 6, 1],
  [5, 3, 2],
])('%i rows of %i values by %i outputs: odd edges are multiplied like the rest', (rows, inputs, outputs) => {
  const x = Array.from({ length: rows }, (_, r) => Array.from({ length: inputs }, (_, i) => r + 2 * i - 3));
  const w = Array.from({ length: outputs }, (_, o) => Array.from({ length: inputs }, (_, i) => (o + 1) * (i - 1)));
  const expected = x.map((row) => w.map((weights) => row.reduce((sum, value, i) => sum + value * weights[i]!, 0)));
  expectRows(applyHead(rowsOf(...x), [dense(w)]), expected);
});

test('token rows go from 384 to 128 values in a time that grows with their number and no faster', () => {
  const layer = { ...dense([[0]]), inputs: 384, outputs: 128, weight: new Float32Array(384 * 128).fill(0.5) };
  const multiply = (rows: number) => {
    const given = { data: new Float32Array(rows * 384).fill(0.25), rows, dimensions: 384 };
    expect(applyHead(given, [layer]).data.at(-1)).toBe(48);
  };
  expect(growth(multiply, 256)).toBeLessThan(3);
});

test.each<[number, HeadLayer[], string]>([
  [4, [dense(W), dense([[1, 2]])], 'Layer 2 of 2 of the model’s head, dense, takes rows of 2 values, and gets rows of 3.'],
  [5, [dense(W)], 'Layer 1 of 1 of the model’s head, dense, takes rows of 4 values, and gets rows of 5.'],
  [4, [layerNorm(3, 1e-5)], 'layer-norm, takes rows of 3 values, and gets rows of 4.'],
  [4, [{ ...dense(W), outputs: 4 }], 'needs 16 weights, and its file has 12.'],
  [4, [dense(W, [1, 2])], 'needs a bias of 3 values, and its file has 2.'],
  [4, [layerNorm(4, 1e-5, [1])], 'needs 4 weights, and its file has 1.'],
])('rows of %i values do not go through what does not fit (%#)', (width, layers, message) => {
  const fault = expect.objectContaining({ code: 'model-file-invalid', message: expect.stringContaining(message.replaceAll('’', "'")) });
  expect(() => headWidth(width, layers)).toThrow(fault);
  expect(() => applyHead(rowsOf(Array(width).fill(1)), layers)).toThrow(fault);
});
