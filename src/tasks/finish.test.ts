import { expect, test } from 'vitest';
import type { Rows } from '../shapes.ts';
import { finishRows } from './finish.ts';
import { calibration, difference } from './logit-layers.ts';
import type { Finish } from './plan.ts';

const rowsOf = (dimensions: number, ...data: number[]): Rows => ({
  data: Float32Array.from(data),
  rows: data.length / dimensions,
  dimensions,
});
const nothing: Finish = { head: [], dimensions: 2, normalize: false, activation: null };
const near = (rows: Rows, ...values: number[]) => {
  expect(rows.data).toHaveLength(values.length);
  values.forEach((value, i) => expect(rows.data[i]).toBeCloseTo(value, 6));
};

test('cuts, then normalises', () => {
  near(finishRows(rowsOf(3, 3, 4, 12, 0, 2, 1), { ...nothing, normalize: true }), 0.6, 0.8, 0, 1);
});

test('leaves what the device gave as it was', () => {
  const given = rowsOf(2, 3, 4);
  finishRows(given, { ...nothing, normalize: true, activation: 'sigmoid' });
  expect([...given.data]).toEqual([3, 4]);
});

test('activates row by row', () => {
  const e = Math.E;
  near(finishRows(rowsOf(2, 0, 1, 5, 5), { ...nothing, activation: 'softmax' }), 1 / (1 + e), e / (1 + e), 0.5, 0.5);
  near(finishRows(rowsOf(2, 0, Math.log(3)), { ...nothing, activation: 'sigmoid' }), 0.5, 0.75);
});

test('of no and yes the sigmoid of their difference is the softmax of the second', () => {
  const [no, yes] = [1.5, 2.25];
  const finish: Finish = { head: [difference], dimensions: 1, normalize: false, activation: 'sigmoid' };
  near(finishRows(rowsOf(2, no, yes), finish), Math.exp(yes) / (Math.exp(no) + Math.exp(yes)));
});

test('calibrates as (logit - mean) / sigma, column by column, and what is not set is 0 and 1', () => {
  near(finishRows(rowsOf(2, 7, -1), { ...nothing, head: calibration(2, 3, 2) }), 2, -2);
  near(finishRows(rowsOf(2, 7, -1), { ...nothing, head: calibration(2, 3, null) }), 4, -4);
  near(finishRows(rowsOf(2, 7, -1), { ...nothing, head: calibration(2, null, 2) }), 3.5, -0.5);
  expect(calibration(2, null, null)).toEqual([]);
});

test('of no rows makes no rows', () => {
  expect(finishRows({ data: new Float32Array(0), rows: 0, dimensions: 2 }, { ...nothing, activation: 'softmax' })).toEqual({
    data: new Float32Array(0),
    rows: 0,
    dimensions: 2,
  });
});
