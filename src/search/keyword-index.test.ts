/** Words of any writing. Expected: MiniSearch's own for English; what a reader of the others calls words. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import MiniSearch from 'minisearch';
import { describe, expect, test } from 'vitest';
import { processorTime } from '../growth-for-tests.ts';
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
    en: 'Coffee in Tokyo, by getUserMedia().',
  };
  const index = new KeywordIndex();
  const names = Object.keys(texts);
  Object.values(texts).forEach((text, key) => index.add({ key, title: '', text }));

  test.each([
    ['東京', 'ja'],
    ['会議', 'ja'],
    ['東', 'ja'], // as far as it is typed
    ['データ', 'ja-wide'],
    ['api', 'ja-wide'],
    ['咖啡', 'zh'],
    ['咖', 'zh'],
    ['กาแฟ', 'th'],
    ['서울', 'ko'],
    ['회의', 'ko'],
    ['café', 'fr'],
    ['CRÈME'.normalize('NFD'), 'fr'],
    ['việt'.normalize('NFD'), 'vi'],
    ['tokyo', 'en'],
  ])('%s is found', (query, name) => {
    expect(index.search(query, null).map(({ key }) => names[key])).toEqual([name]);
  });

  test('of a long text without a space are found in its passage, however long it is', () => {
    const passages = ['天気がいい'.repeat(500), '会議は東京で', '散歩に行く'.repeat(500)];
    const long = new KeywordIndex();
    long.add({ key: 1, title: '', text: passages.join('') });
    const [hit] = long.search('東京の会議', null);
    expect(placeOfWords(passages, hit!.words)).toBe(1);
  });

  test('take time in proportion to the text, where a segmenter alone does not', () => {
    const time = (length: number) => {
      const text = 'に'.repeat(length);
      const tries = Array.from({ length: 3 }, () => {
        const start = processorTime();
        wordsIn(text);
        return processorTime() - start;
      });
      return Math.min(...tries);
    };
    time(2_000);
    // Ten times the text; the square would be a hundred times the time.
    expect(time(100_000)).toBeLessThan(40 * time(10_000));
  });
});
