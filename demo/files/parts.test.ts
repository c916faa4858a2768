import { expect, test } from 'vitest';
import { partsOf } from './parts.ts';

const texts = (text: string) => partsOf(text).map(({ start, end }) => text.slice(start, end));

test('a short text is one part, an empty one none', () => {
  expect(texts('One line.')).toEqual(['One line.']);
  expect(partsOf('')).toEqual([]);
  expect(partsOf(' \n '.repeat(3000))).toEqual([]);
});

test('a paragraph is a part, with its heading; short ones go together', () => {
  const [oil, winter] = [`Waste\n\n${'Oil is handed in. '.repeat(6)}\n\n`, `Winter\n\n${'The crane lifts boats. '.repeat(6)}\n \n`];
  expect(texts(oil + winter)).toEqual([oil, winter]);
  expect(texts('“Yes.”\n\n“No.”\n\n“Yes.”')).toHaveLength(1);
});

test('parts are all of the text, and none is longer than 2,000 characters', () => {
  const text = Array.from({ length: 300 }, (_, i) => `Paragraph ${i} says something. `.repeat((i % 90) + 1) + '\n\n').join('');
  expect(texts(text).join('')).toBe(text);
  for (const part of texts(text)) {
    expect(part.length).toBeLessThanOrEqual(2000);
    expect(part).toMatch(/^(Paragraph|says)/);
  }
});

test('a text without any place to cut is cut all the same, and never inside a character', () => {
  const text = 'x' + '🦀'.repeat(3000);
  expect(texts(text).join('')).toBe(text);
  for (const part of texts(text)) expect(() => encodeURIComponent(part)).not.toThrow();
});
