/** Answers of servers that are complete, and answers that only look so. */
import { describe, expect, test } from 'vitest';
import { readNamedScores } from './dialects/named-scores.ts';
import { byIndex, matrixOf, numberOf, vectorOf } from './read-answer.ts';

const base64 = (numbers: number[]) => Buffer.from(Float32Array.from(numbers).buffer).toString('base64');
const refused = (read: () => unknown, why: RegExp) =>
  expect(read).toThrow(expect.objectContaining({ code: 'server-error', message: expect.stringMatching(why) }));

describe('a vector', () => {
  test('is the same from base64 and from numbers', () => {
    const numbers = [0.1, -2.5e-7, 3, 1e30];
    expect(vectorOf(base64(numbers), 'it')).toEqual(Float32Array.from(numbers));
    expect(vectorOf(numbers, 'it')).toEqual(Float32Array.from(numbers));
  });

  test.each([
    ['null, as JSON has NaN', [1, null], /something else than numbers/],
    ['a number in a text', [1, '2'], /something else than numbers/],
    ['one that float32 does not hold', [1e39], /not finite/],
    ['NaN in base64', base64([1, NaN]), /not finite/],
    ['no base64', 'ä', /not base64/],
    ['half a float', btoa('12345'), /5 bytes/],
    ['nothing', [], /empty/],
    ['an object', {}, /something else/],
    ['a matrix', [[1, 2]], /something else/],
    ['undefined', undefined, /something else/],
  ])('with %s is refused', (_, value, why) => refused(() => vectorOf(value, 'it'), why));

  test('of one is a number', () => {
    expect(numberOf(0.5, 'it')).toBe(0.5);
    refused(() => numberOf(null, 'it'), /something else/);
  });
});

test('rows are of one length', () => {
  expect(matrixOf([[1, 2], [3, 4], [5, 6]], 'it')).toEqual({ data: Float32Array.of(1, 2, 3, 4, 5, 6), shape: [3, 2] }); // prettier-ignore
  expect(matrixOf([1, 2], 'it').shape).toEqual([1, 2]);
  expect(matrixOf(1, 'it').shape).toEqual([1, 1]);
  refused(() => matrixOf([[1, 2], [3]], 'it'), /rows of 2 and of 1/);
  refused(() => matrixOf([[1], 2], 'it'), /something else/);
  refused(() => matrixOf([], 'it'), /empty/);
});

describe('items with an index', () => {
  test('come back in its order', () => {
    expect(byIndex([{ index: 1, a: 'b' }, { index: 0, a: 'a' }], 2, 'items').map(({ a }) => a)).toEqual(['a', 'b']); // prettier-ignore
  });

  test.each([
    ['one too few', [{ index: 0 }], /1 items for 2 inputs/],
    ['one too many', [{ index: 0 }, { index: 1 }, { index: 2 }], /3 items for 2/],
    ['one twice', [{ index: 0 }, { index: 0 }], /index 0 twice/],
    ['one out of range', [{ index: 0 }, { index: 2 }], /index 2 for 2/],
    ['one without', [{ index: 0 }, {}], /index undefined/],
    ['no object', [{ index: 0 }, 7], /no object/],
    ['no list', { 0: {} }, /no list/],
  ])('are refused with %s', (_, value, why) => refused(() => byIndex(value, 2, 'items'), why));
});

describe('classes by name', () => {
  const answer = [
    [{ label: 'LABEL_10', score: 0.7 }, { label: 'LABEL_2', score: 0.3 }], // prettier-ignore
    [{ label: 'LABEL_2', score: 0.9 }, { label: 'LABEL_10', score: 0.1 }], // prettier-ignore
  ];

  test('are columns in the order of their names, or of the model', () => {
    expect(readNamedScores(answer, 2, null).map(({ data }) => [...data])).toEqual([[Math.fround(0.3), Math.fround(0.7)], [Math.fround(0.9), Math.fround(0.1)]]); // prettier-ignore
    expect(readNamedScores(answer, 2, ['LABEL_10', 'LABEL_2'])[0]!.data[0]).toBe(Math.fround(0.7));
  });

  test('are the same for all texts', () => {
    refused(() => readNamedScores([answer[0], answer[1]!.slice(1)], 2, null), /1 classes where 2/);
    refused(() => readNamedScores([answer[0], [{ label: 'a', score: 1 }, { label: 'b', score: 0 }]], 2, null), /no score of the class/); // prettier-ignore
    refused(() => readNamedScores(answer, 2, ['LABEL_10']), /2 classes where 1/);
    refused(() => readNamedScores([[]], 1, null), /no list of classes/);
    refused(
      () =>
        readNamedScores(
          [
            [
              { label: 'a', score: 1 },
              { label: 'a', score: 0 },
            ],
          ],
          1,
          null,
        ),
      /the class "a" twice/,
    );
  });
});
