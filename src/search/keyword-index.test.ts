/** Words of any writing. Expected: MiniSearch's own for English; what a reader of the others calls words. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import MiniSearch from 'minisearch';
import { describe, expect, test, vi } from 'vitest';
import { growth, processorTime } from '../growth-for-tests.ts';
import { KeywordIndex, placeOfWords, wordsIn } from './keyword-index.ts';

const split = MiniSearch.getDefault('tokenize') as (text: string) => string[];

test('words of English are those of MiniSearch, of all that docs/quality.md was measured with', () => {
  const zipped = readFileSync(new URL('../../bench/data/debian-packages.json.gz', import.meta.url));
  const packages = JSON.parse(gunzipSync(zipped).toString('utf8')) as { title: string; body: string }[];
  const isLatin = (word: string) => !/\p{Script=Han}/u.test(word);
  for (const text of packages.flatMap(({ title, body }) => [title, body]))
    expect(wordsIn(text).filter(isLatin)).toEqual(split(text).filter(isLatin));
  expect(packages.length).toBe(5_200);
});

describe('words', () => {
  const texts = {
    ja: '昨日、東京で会議がありました。',
    'ja-wide': 'ﾃﾞｰﾀのＡＰＩ',
    zh: '我喜欢喝咖啡和茶。',
    th: 'ผมชอบดื่มกาแฟ',
    ko: '서울에서 회의가 있었다.',
    fr: 'Un café crème'.normalize('NFD'),
    vi: 'Tiếng Việt'.normalize('NFC'),
    signs: 'C++入門の本です。50℃',
    en: 'Coffee in Tokyo, by getUserMedia().',
    de: 'Die Straße ist in voller Größe zu sehen.',
    sv: 'Ångström på Smørrebrød',
    ru: 'Ёлка и йод',
    el: 'Η ΑΘΉΝΑ και η οδός',
    kana: 'がきのパン',
  };
  const index = new KeywordIndex();
  for (const [id, text] of Object.entries(texts)) index.add({ id, title: '', text });

  test.each([
    ['東京', 'ja'],
    ['会議', 'ja'],
    ['東', 'ja'], // as far as it is typed
    ['データ', 'ja-wide'],
    ['api', 'ja-wide'],
    ['咖啡', 'zh'],
    ['茶', 'zh'], // alone, and at the end of a run
    ['啡', 'zh'],
    ['C++', 'signs'],
    ['c++入門', 'signs'],
    ['50℃', 'signs'],
    ['咖', 'zh'],
    ['กาแฟ', 'th'],
    ['서울', 'ko'],
    ['회의', 'ko'],
    ['café', 'fr'],
    ['CRÈME'.normalize('NFD'), 'fr'],
    ['việt'.normalize('NFD'), 'vi'],
    ['tokyo', 'en'],
    // As it is typed where the keyboard has no accents, and the other way about.
    ['cafe', 'fr'],
    ['CREME', 'fr'],
    ['viet', 'vi'],
    ['tökyo', 'en'],
    ['strasse', 'de'],
    ['GROSSE', 'de'],
    ['Straße', 'de'],
    ['angstrom', 'sv'],
    ['smorrebrod', 'sv'],
    ['елка', 'ru'],
    ['αθηνα', 'el'],
    ['οδος', 'el'],
    ['がき', 'kana'],
    ['パン', 'kana'],
  ])('%s is found', (query, name) => {
    expect(index.search(query, null).map(({ id }) => id)).toEqual([name]);
  });

  test.each(['かき', 'バン', 'はン'])('%s is another word: its marks make other letters', (query) => {
    expect(index.search(query, null)).toEqual([]);
  });

  test('with accents are found in their passage without them, and the other way about', () => {
    const passages = ['Nothing of it here, but a cafeteria.', 'Un grand CAFÉ.'.normalize('NFD'), 'Die Strasse.'];
    const accents = new KeywordIndex();
    accents.add({ id: '1', title: '', text: passages.join('\n') });
    const placeOf = (query: string) => placeOfWords(passages, accents.search(query, null)[0]!.words);
    expect(placeOf('cafe')).toBe(1);
    expect(placeOf('Café')).toBe(1);
    expect(placeOf('Straße')).toBe(2);
  });

  test('of a long text without a space are found in its passage, however long it is', () => {
    const passages = ['天気がいい'.repeat(500), '会議は東京で', '散歩に行く'.repeat(500)];
    const long = new KeywordIndex();
    long.add({ id: '1', title: '', text: passages.join('') });
    const [hit] = long.search('東京の会議', null);
    expect(placeOfWords(passages, hit!.words)).toBe(1);
  });

  test.each(['に', '猫', '서울에서 ', 'Ａ', 'word '])('%j: twice the text takes twice the time', (unit) => {
    expect(growth((length) => void wordsIn(unit.repeat(length / unit.length)), 25_000, 9)).toBeLessThan(3);
  });

  // Counted, not timed: the segmenter makes an object a letter, and the time is that of the garbage collector, whose threads have their own moods.
  test.each(['ก', 'ສະບາຍດີ', 'សួស្តី', 'မင်္ဂလာပါ'])(
    '%s: twice the text is twice as many pieces for the segmenter, each as long as before',
    (unit) => {
      const segment = vi.spyOn(Intl.Segmenter.prototype, 'segment');
      const [once, twice] = [20_000, 40_000].map((length) => {
        segment.mockClear();
        wordsIn(unit.repeat(length / unit.length));
        return segment.mock.calls.map(([text]) => text.length);
      });
      segment.mockRestore();
      expect(once!.length).toBeGreaterThan(1);
      expect(Math.max(...twice!)).toBe(Math.max(...once!));
      expect(twice!.length / once!.length).toBeCloseTo(2, 1);
    },
  );

  test('are looked for in passages without splitting all of them', () => {
    const passages = Array.from({ length: 2_000 }, (_, i) => `${'회의가 '.repeat(20)}${i}`);
    const index = new KeywordIndex();
    index.add({ id: '1', title: '', text: passages.join(' ') });
    const [hit] = index.search('회의가 1999', null);
    const [splitting, looking] = [() => passages.forEach((text) => wordsIn(text)), () => placeOfWords(passages, hit!.words)].map((work) => {
      const times = Array.from({ length: 5 }, () => {
        const begin = processorTime();
        work();
        return processorTime() - begin;
      });
      return Math.min(...times);
    });
    expect(placeOfWords(passages, hit!.words)).toBe(1_999);
    expect(looking!).toBeLessThan(splitting! / 2);
  });
});
