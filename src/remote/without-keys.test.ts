import { expect, test } from 'vitest';
import { withoutKeys } from './without-keys.ts';

const server = {
  base: new URL('http://server/?api_key=in+the/url'),
  headers: new Headers({ Authorization: 'Bearer sk/ab+cd', Accept: 'text/plain' }),
};

test.each([
  ['as it was sent', 'no such key: Bearer sk/ab+cd', 'no such key: [key]'],
  ['without its scheme', 'no such key: sk/ab+cd', 'no such key: [key]'],
  ['encoded for a URL', 'GET /?key=sk%2Fab%2Bcd', 'GET /?key=[key]'],
  ['of the URL', '"in the/url" and in%20the%2Furl', '"[key]" and [key]'],
  ['of a header that is no secret', 'not text/plain', 'not text/plain'],
])('a key that a server repeats is taken out: %s', (_, text, told) => {
  expect(withoutKeys(text, server)).toBe(told);
});
