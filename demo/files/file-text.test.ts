/** Texts as files have them. What a browser alone can read (HTML, Markdown, PDF) is in e2e/browser/demo-search-files.spec.ts. */
import { expect, test } from 'vitest';
import { readFileText } from './file-text.ts';

const read = (name: string, bytes: Uint8Array<ArrayBuffer> | string, type = '') =>
  readFileText(new File([bytes], name, { type }), () => {});
const utf16 = (text: string, mark: number[], swap: boolean) => {
  const units = Array.from(text, (character) => character.charCodeAt(0));
  return Uint8Array.from([...mark, ...units.flatMap((unit) => (swap ? [unit >> 8, unit & 255] : [unit & 255, unit >> 8]))]);
};

test('UTF-8 with and without a mark, UTF-16 with one; line ends are one character', async () => {
  const expected = { kind: 'txt', text: 'Käse\nund Brot', title: '', pages: null };
  expect(await read('a.txt', 'Käse\r\nund Brot')).toEqual(expected);
  expect(await read('a.TXT', '\ufeffKäse\nund Brot')).toEqual(expected);
  expect(await read('a.text', utf16('Käse\nund Brot', [0xff, 0xfe], false))).toEqual(expected);
  expect(await read('a.txt', utf16('Käse\nund Brot', [0xfe, 0xff], true))).toEqual(expected);
});

test('the ending says what a file is, and else what the browser takes it for', async () => {
  expect(await read('notes.TEXT', 'text', 'application/pdf')).toMatchObject({ kind: 'txt' });
  expect(await read('notes', 'text', 'text/plain')).toMatchObject({ kind: 'txt' });
  await expect(read('notes', 'text')).rejects.toThrow('is none of the kinds');
  await expect(read('table.csv', 'a,b', 'text/csv')).rejects.toThrow('is none of the kinds');
});

test('what is no text is refused', async () => {
  for (const bytes of [Uint8Array.of(0x4b, 0xe4, 0x73, 0x65), Uint8Array.of(0x61, 0, 0x62), utf16('abc', [], false)])
    await expect(read('a.txt', bytes)).rejects.toThrow('is not text, or not in UTF-8');
  await expect(read('a.txt', ' \r\n\t')).rejects.toThrow('has no text in it');
});
