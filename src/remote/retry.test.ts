/** Which answers are asked for again, and after how long. */
import { describe, expect, test } from 'vitest';
import { backOff, passes, waitOf } from './retry.ts';

const none = new Headers();

describe('what passes', () => {
  test.each([408, 409, 429, 500, 502, 503, 504])('%i does', (status) => expect(passes(status, none)).toBe(true));
  test.each([400, 401, 403, 404, 413, 422, 424, 501])('%i does not', (status) => expect(passes(status, none)).toBe(false));

  test('the server knows better', () => {
    expect(passes(400, new Headers({ 'x-should-retry': 'true' }))).toBe(true);
    expect(passes(503, new Headers({ 'x-should-retry': 'false' }))).toBe(false);
  });
});

describe('the wait', () => {
  test('is what the server asks for, in milliseconds before seconds', () => {
    expect(waitOf(new Headers({ 'retry-after': '2' }), 0)).toBe(2_000);
    expect(waitOf(new Headers({ 'retry-after': '2', 'retry-after-ms': '30' }), 0)).toBe(30);
    expect(waitOf(new Headers({ 'retry-after': '0' }), 0)).toBe(0);
  });

  test('may be a date', () => {
    const wait = waitOf(new Headers({ 'retry-after': new Date(Date.now() + 5_000).toUTCString() }), 0)!;
    expect(wait).toBeGreaterThan(3_000);
    expect(wait).toBeLessThanOrEqual(5_000);
  });

  test('is not begun if it would be longer than a minute', () => expect(waitOf(new Headers({ 'retry-after': '61' }), 0)).toBeNull());

  test.each(['soon', '', '-1', 'Wed, 21 Oct 2015 07:28:00 GMT'])('is our own where the server says "%s"', (said) => {
    const wait = waitOf(new Headers({ 'retry-after': said }), 0)!;
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(500);
  });

  test('doubles, less up to a quarter by chance, up to 8 s', () => {
    for (const [attempt, most] of [500, 1_000, 2_000, 4_000, 8_000, 8_000].entries()) {
      for (let i = 0; i < 50; i++) {
        expect(backOff(attempt)).toBeLessThanOrEqual(most);
        expect(backOff(attempt)).toBeGreaterThanOrEqual(most * 0.75);
      }
    }
    expect(new Set(Array.from({ length: 20 }, () => backOff(0))).size).toBeGreaterThan(1);
  });
});
