/** Values as the answer shows them. */
import { expect, it } from 'vitest';
import { print } from './print.ts';

it('prints short values on a line and long ones on several', () => {
  expect(print({ a: 1, 'b c': ['x', null], d: undefined })).toBe('{ a: 1, "b c": ["x", null], d: undefined }');
  expect(print({ text: 'x'.repeat(80), n: 2 })).toBe(`{\n  text: "${'x'.repeat(80)}",\n  n: 2\n}`);
  expect(print('as it is')).toBe('as it is');
  expect([print([]), print({})]).toEqual(['[]', '{}']);
});

it('shortens long lists of numbers, typed ones too, and rounds', () => {
  expect(print(Float32Array.from({ length: 384 }, (_, i) => i / 3))).toBe('[0, 0.333, 0.667, 1, … 384 numbers]');
  expect(print({ v: [0.1, 2] })).toBe('{ v: [0.1, 2] }');
});
