import { expect, test } from 'vitest';
import { linesAsText } from './pdf-lines.ts';
import type { PdfItem } from './pdf-lines.ts';

/** Lines from top to bottom: text, where its baseline is, and the size of its type. */
const page = (...lines: [text: string, y: number, height?: number][]): PdfItem[] =>
  lines.map(([str, y, height = 10]) => ({ str, hasEOL: true, height, transform: [height, 0, 0, height, 40, y] }));

test('lines of one paragraph become one, and sentences keep their ends', () => {
  expect(linesAsText(page(['The quick brown', 700], ['fox jumps.', 688], ['It sleeps.', 676]))).toBe(
    'The quick brown fox jumps.\nIt sleeps.',
  );
});

test('a gap, and another size of type, part paragraphs', () => {
  expect(linesAsText(page(['Title', 720, 20], ['One.', 695], ['Two.', 665], ['Next column.', 720]))).toBe(
    'Title\n\nOne.\n\nTwo.\nNext column.',
  );
});

test('a word that was parted at the end of a line is whole again, and a real hyphen stays', () => {
  expect(linesAsText(page(['An infor-', 700], ['mation about North-', 688], ['South lines', 676]))).toBe(
    'An information about North- South lines',
  );
});

test('empty pieces, and characters without a meaning, say nothing', () => {
  const empty = { str: '', hasEOL: true, height: 0, transform: [1, 0, 0, 1, 0, 0] };
  expect(linesAsText([...page(['A\0b', 700]), empty, ...page(['c', 688])])).toBe('Ab c');
  expect(linesAsText([empty])).toBe('');
});
