/** What is marked in a text, and the part of it that shows a mark. */
import { describe, expect, it } from 'vitest';
import { firstMark, snippetStart } from './mark-words.ts';

const body =
  'This package has a long beginning that says nothing at all about what it is for, and only then names the telescope it drives.';
const words = (...all: string[]) => ({ words: new Set(all), passage: null });

describe('firstMark', () => {
  it('is the passage, or the first word, or the beginning', () => {
    expect(firstMark(body, { words: new Set(['long']), passage: { start: 82, end: 90 } })).toBe(82);
    expect(firstMark(body, words('telescope', 'drives'))).toBe(body.indexOf('telescope'));
    expect(firstMark(body, words('absent'))).toBe(0);
    expect(firstMark(body, words())).toBe(0);
  });
});

describe('snippetStart', () => {
  it('is the beginning if the mark is near it', () => {
    expect(snippetStart(body, body.indexOf('has'))).toBe(0);
  });

  it('is at a word a little before the mark if that is far in', () => {
    const snippet = body.slice(snippetStart(body, body.indexOf('telescope')));
    expect(body).toContain(` ${snippet}`);
    expect(snippet).toContain('telescope');
    expect(snippet.length).toBeLessThan(body.length);
  });

  it('is at the mark where no space is near, as in Japanese', () => {
    const text = `${'長い文章です。'.repeat(9)}東京 です`;
    expect(text.slice(snippetStart(text, text.indexOf('東京')))).toBe('東京 です');
  });
});
