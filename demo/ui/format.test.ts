/** The words for numbers. */
import { describe, expect, it } from 'vitest';
import { count, duration, megabytes, memorySize, timeLeft } from './format.ts';

describe('format', () => {
  it('writes sizes as people do', () => {
    expect([0, 466_247, 7_400_000, 26_544_000].map(megabytes)).toEqual(['0.0 MB', '0.5 MB', '7.4 MB', '26 MB']);
    expect([1, 384, 48_000, 960_000, 1_536_000].map(memorySize)).toEqual(['1 byte', '384 bytes', '48 kB', '960 kB', '1.5 MB']);
  });

  it('writes durations and what is left of them', () => {
    expect([400, 12_300, 125_000].map(duration)).toEqual(['0.4 s', '12 s', '2 min 5 s']);
    expect([11_200, 300_000, Infinity, Number.NaN].map(timeLeft)).toEqual(['12 s left', '5 min left', '', '']);
  });

  it('groups thousands', () => {
    expect(count(1000)).toBe('1,000');
  });
});
