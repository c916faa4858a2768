import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { growth } from '../growth-for-tests.ts';
import { readCharsmap } from './charsmap.ts';

const table = readFileSync(new URL('../../e2e/oracle/fixtures/nmt-nfkc.txt', import.meta.url), 'utf8').trim();
const normalize = readCharsmap(table)!;

describe('SentencePiece’s table', () => {
  // normalizers.Precompiled(nmt_nfkc).normalize_str(…) of the tokenizers library.
  test.each([
    ['Ｈｅｌｌｏ ﬁne ½ ㍿ … ™', 'Hello fine 1⁄2 株式会社 ... TM'],
    ['a\tb\nc\r\nd', 'a b c d'],
    ['nul\u0000 bell\u0007 del\u007f', 'nul\u0000 bell del'],
    ['zero\u200bwidth soft\u00adhyphen bom\ufeff', 'zero width soft\u00adhyphen bom '],
    ['👨\u200d👩\u200d👧', '👨\u200d👩\u200d👧'],
    ['می\u200cخواهم', 'می خواهم'],
    ['e\u0301 o\u0308', 'é ö'],
    ['a\u0300\u0301', 'à'],
    ['plain ASCII ~', 'plain ASCII ~'],
    ['', ''],
  ])('makes of %j %j', (text, normal) => expect(normalize(text)).toBe(normal));

  test('is no table if it is empty, and is refused if it is cut off', () => {
    expect(readCharsmap('')).toBeNull();
    expect(() => readCharsmap(table.slice(0, 1_000))).toThrow('cut off');
  });
  test.each(['東京は日本の首都で、カタカナとひらがなと漢字が使われます。', 'नई दिल्ली भारत की राजधानी है। '])(
    'takes a time that grows with the text and no faster: %s',
    (text) => expect(growth((times) => normalize(text.repeat(times)), 5_000)).toBeLessThan(3),
  );
});
