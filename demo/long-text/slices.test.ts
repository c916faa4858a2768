/** The slices of a text are the text. */
import { expect, it } from 'vitest';
import { slices } from './slices.ts';

const textsOf = (text: string, size: number) => [...slices(text, size)].map((slice) => slice.text);

it('cuts before white space, and loses nothing', () => {
  expect(textsOf('one two three', 8)).toEqual(['one two', ' three']);
  const text = 'a few words\nin two lines';
  for (const { start, text: part } of slices(text, 6)) expect(text.slice(start, start + part.length)).toBe(part);
  expect(textsOf(text, 6).join('')).toBe(text);
});

it('cuts anywhere if there is no white space, but in no character', () => {
  expect(textsOf('abcdef', 4)).toEqual(['abcd', 'ef']);
  expect(textsOf('ab😀cd', 3)).toEqual(['ab', '😀c', 'd']);
  expect(textsOf('', 4)).toEqual([]);
});
