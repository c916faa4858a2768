/**
 * Texts cut into sentences and passages: whatever they are made of, all of it is there, nothing that belongs together is parted, and twice
 * the text takes twice the time.
 */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { processorTime } from '../growth-for-tests.ts';
import { passagesOf } from './passages.ts';
import { halves, sentences } from './sentences.ts';

const partsOf = (text: string) => Array.from(sentences(text), ({ start, end }) => text.slice(start, end));
/** A character is a token. */
const count = async (texts: string[]) => texts.map((text) => [...text.replaceAll(/\s/g, '')].length);
const family = '👩‍👩‍👧‍👦';

afterEach(() => vi.unstubAllGlobals());

describe.each([true, false])('with Intl.Segmenter: %j', (isThere) => {
  const begin = () => {
    if (!isThere) vi.stubGlobal('Intl', {});
  };
  test.each<[string, string, string[]]>([
    ['one after the other', 'One. Two! Three?', ['One. ', 'Two! ', 'Three?']],
    ['lines', 'one\ntwo\r\n\n\nthree', ['one\n', 'two\r\n\n\n', 'three']],
    ['blank lines before', '\n\none', ['\n\n', 'one']],
    ['nothing', '', []],
  ])('%s', (_, text, expected) => {
    begin();
    expect(partsOf(text)).toEqual(expected);
  });
  test('a line of many pieces has the sentences that it would have in one', () => {
    begin();
    const all = Array.from({ length: 400 }, (_, i) => `Sentence ${i} goes on${' and on'.repeat((i * 7) % 50)}. `);
    expect(partsOf(all.join(''))).toEqual(all);
  });
  test('one sentence longer than a piece is cut behind words', () => {
    begin();
    const parts = partsOf('word '.repeat(2_000));
    expect(parts.length).toBeGreaterThan(1);
    for (const part of parts) expect(part).toMatch(/^(word )+$/);
    expect(parts.join('')).toBe('word '.repeat(2_000));
  });
  test.each<[string, string, number]>([
    ['characters of two units', '𠮷', 0],
    ['characters of two units, shifted', '𠮷', 1],
    ...(isThere ? [['families', family, 0] as [string, string, number]] : []),
  ])('%s are never parted, by pieces or by halves', (_, character, shift) => {
    begin();
    const text = 'x'.repeat(shift) + character.repeat(3_000);
    const whole = new RegExp(`^x?(${character})+$`, 'u');
    const parts = partsOf(text);
    expect(parts.join('')).toBe(text);
    for (const part of parts) {
      expect(part).toMatch(whole);
      const [first, second] = halves(part, { start: 0, end: part.length }) ?? [];
      for (const half of first && second ? [first, second] : []) expect(part.slice(half.start, half.end)).toMatch(whole);
    }
  });
  test('marks without end on one character, and what cannot be cut', () => {
    begin();
    const text = `a${'\u0301'.repeat(10_000)}`;
    expect(partsOf(text).join('')).toBe(text);
    expect(halves('𠮷', { start: 0, end: 2 })).toBeNull();
    expect(halves('', { start: 0, end: 0 })).toBeNull();
  });
});

test('halves are as near the middle as can be', () => {
  const cut = (text: string) => halves(text, { start: 0, end: text.length })!.map(({ start, end }) => text.slice(start, end));
  expect(cut('one two three four')).toEqual(['one two ', 'three four']);
  expect(cut('abcdef')).toEqual(['abc', 'def']);
  expect(cut(`${family}bc`)).toEqual([family, 'bc']);
});

test.each([
  ['one word', 'a'],
  ['line ends', '\n'],
  ['white space', ' \u2003'],
  ['a sentence of one letter', 'a? '],
  ['Chinese without a stop', '猫'],
  ['full stops', '.'],
])('%s: four times the text takes about four times the time, not sixteen', async (_, unit) => {
  const time = async (length: number) => {
    const text = unit.repeat(Math.ceil(length / unit.length));
    const before = processorTime();
    const passages = await passagesOf(text, 100, count, undefined);
    const ms = processorTime() - before;
    const covered = passages.map(({ start, end }) => text.slice(start, end)).join('');
    expect(covered.replaceAll(/\s/g, '')).toBe(text.replaceAll(/\s/g, ''));
    return ms;
  };
  await time(10_000);
  // Turn by turn, and the fastest of each.
  let [once, four] = [Infinity, Infinity];
  for (let turn = 0; turn < 7; turn++) {
    once = Math.min(once, await time(15_000));
    four = Math.min(four, await time(60_000));
  }
  // A millisecond is too short to be measured well.
  expect(four / Math.max(once, 2)).toBeLessThan(9);
});

test('an abort is heard in the middle of a long text, and others have their turn', async () => {
  const stop = new AbortController();
  let turns = 0;
  const timer = setInterval(() => void (++turns === 3 && stop.abort()), 1);
  const counted: number[] = [];
  const cutting = passagesOf(
    'A sentence of a few words. '.repeat(80_000),
    100,
    (texts) => {
      counted.push(texts.length);
      return count(texts);
    },
    stop.signal,
  );
  await expect(cutting).rejects.toMatchObject({ code: 'aborted' });
  clearInterval(timer);
  expect(counted.reduce((sum, some) => sum + some, 0)).toBeLessThan(40_000);
});
