/** Words, and the promise behind "no words in common". */
import { describe, expect, it } from 'vitest';
import { asTerm } from '../../src/search/term.ts';
import { contentWords, placesOf, shareWord, wordsOf } from './words.ts';

describe('wordsOf', () => {
  it('lowers, cuts at spaces and punctuation, leaves out words that say nothing', () => {
    expect([...wordsOf('The PNG-tool, for (lossy) files')]).toEqual(['png', 'tool', 'lossy', 'files']);
  });
});

describe('shareWord', () => {
  const shares = (a: string, b: string) => shareWord(wordsOf(a), wordsOf(b));

  it('sees equal words and their forms', () => {
    expect(shares('erase a file', 'tools to wipe files')).toBe(true);
    expect(shares('compressed photo', 'compress images')).toBe(true);
  });

  it('sees equal words with accents and without, and keeps letters of kana apart', () => {
    expect(shares('cafe', 'Un café crème'.normalize('NFD'))).toBe(true);
    expect(shares('Straße', 'strasse')).toBe(true);
    expect(shares('がき', 'かき')).toBe(false);
  });

  // Else "no words in common" could be said of a hit that rockpool/search found by its words.
  it('sees words as equal that rockpool/search takes for the same', () => {
    expect(shares('smorrebrod', 'Smørrebrød')).toBe(true);
    const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => String.fromCodePoint(from + i));
    const letters = [...range(0xc0, 0x530), ...range(0x1e00, 0x2000)].filter((letter) => /\p{L}/u.test(letter));
    for (const letter of letters) expect([...wordsOf(`x${letter}x`)]).toEqual([asTerm(`x${letter}x`)]);
  });

  it('does not take words for related that only begin alike', () => {
    expect(shares('play', 'playback')).toBe(false);
    expect(shares('get rid of unwanted email', 'spam filter using text analysis')).toBe(false);
  });

  it('knows what Chinese and Japanese texts share, where no space ends a word', () => {
    expect(shares('東京のホテル', '昨日、東京で会議がありました。')).toBe(true);
    expect(shares('喝茶', '我喜欢喝茶和咖啡。')).toBe(true);
    expect(shares('京都', '昨日、東京で会議がありました。')).toBe(false);
  });
});

describe('placesOf', () => {
  const found = (text: string, ...words: string[]) => placesOf(text, new Set(words)).map(([start, end]) => text.slice(start, end));

  it('finds whole words, and no part of one', () => {
    expect(found('A "boat", Boats and a BOAT…', 'boat')).toEqual(['boat', 'BOAT']);
    expect(found('nothing', 'boat')).toEqual([]);
    expect(found('')).toEqual([]);
  });

  it('finds a word with an accent where it stands, however it was typed', () => {
    const typed = `Un ${'café'.normalize('NFD')}, un café.`;
    expect(placesOf(typed, new Set(['café']))).toEqual([
      [3, 8],
      [13, 17],
    ]);
    expect(found('Die Straße', 'strasse', 'straße')).toEqual(['Straße']);
  });

  it('finds parts of writing without spaces, and those that overlap are one', () => {
    expect(found('昨日、東京国際会議がありました。東京', '東京', '京国', '会議')).toEqual(['東京国', '会議', '東京']);
    expect(found('C++入門の本', 'c++', '入門')).toEqual(['C++入門']);
  });
});

describe('contentWords', () => {
  it('leaves out words that say nothing, unless there are no others', () => {
    expect(contentWords('what is the BEST tool for it?')).toBe('BEST tool');
    expect(contentWords('to be or not to be')).toBe('to be or not to be');
  });
});
