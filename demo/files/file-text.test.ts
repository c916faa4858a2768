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
});

test('any other file is read if its bytes are text, however it is called', async () => {
  for (const [name, type] of [
    ['notes', ''],
    ['server.log', ''],
    ['table.csv', 'text/csv'],
    ['table.csv', 'application/vnd.ms-excel'],
  ] as const)
    expect(await read(name, 'a,b\r\n', type)).toMatchObject({ kind: 'txt', text: 'a,b\n' });
  // Its first 4 KiB end within a character.
  expect(await read('notes', `a${'ä'.repeat(4000)}`)).toMatchObject({ kind: 'txt' });
  const zip = Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0);
  for (const [name, bytes] of [
    ['archive.zip', zip],
    ['archive', zip],
    ['photo.jpg', Uint8Array.of(0xff, 0xd8, 0xff, 0xe0)],
    ['letter.rtf', '{\\rtf1 text}'],
  ] as const)
    await expect(read(name, bytes)).rejects.toThrow('is none of the kinds');
  // What is text at its beginning alone is not.
  await expect(
    read(
      'notes',
      Uint8Array.from({ length: 9000 }, (_, i) => (i < 5000 ? 0x61 : 0xff)),
    ),
  ).rejects.toThrow('is not text');
});

test('what is no text is refused', async () => {
  for (const bytes of [Uint8Array.of(0x4b, 0xe4, 0x73, 0x65), Uint8Array.of(0x61, 0, 0x62), utf16('abc', [], false)])
    await expect(read('a.txt', bytes)).rejects.toThrow('is not text, or not in UTF-8');
  await expect(read('a.txt', ' \r\n\t')).rejects.toThrow('has no text in it');
});
