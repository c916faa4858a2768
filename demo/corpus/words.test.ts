/** Words, and the promise behind "no words in common". */
import { describe, expect, it } from 'vitest';
import { contentWords, piecesOf, shareWord, wordsOf } from './words.ts';

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

  it('does not take words for related that only begin alike', () => {
    expect(shares('play', 'playback')).toBe(false);
    expect(shares('get rid of unwanted email', 'spam filter using text analysis')).toBe(false);
  });
});

describe('piecesOf', () => {
  it('loses nothing', () => {
    const text = 'a "b", c++ – d…\n e';
    expect(piecesOf(text).join('')).toBe(text);
  });
});

describe('contentWords', () => {
  it('leaves out words that say nothing, unless there are no others', () => {
    expect(contentWords('what is the BEST tool for it?')).toBe('BEST tool');
    expect(contentWords('to be or not to be')).toBe('to be or not to be');
  });
});
