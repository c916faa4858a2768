import { expect, test } from 'vitest';
import { continues, isHtml, readHead, retryAfter } from './response-head.ts';

const response = (headers: Record<string, string>) => new Response('x', { headers });

test.each<[string, Record<string, string>, { total: number | null; validator: string | null }]>([
  ['length and ETag', { 'content-length': '10', etag: '"a"' }, { total: 10, validator: '"a"' }],
  [
    'Last-Modified for want of a strong ETag',
    { 'content-length': '10', etag: 'W/"a"', 'last-modified': 'monday' },
    { total: 10, validator: 'monday' },
  ],
  ['nothing', {}, { total: null, validator: null }],
  ['a length that is none', { 'content-length': 'ten' }, { total: null, validator: null }],
  ['nothing of a compressed body', { 'content-length': '10', etag: '"a"', 'content-encoding': 'br' }, { total: null, validator: null }],
  ['an encoding that is none', { 'content-length': '10', 'content-encoding': 'identity' }, { total: 10, validator: null }],
])('the head has %s', (_, headers, head) => {
  expect(readHead(response(headers))).toEqual(head);
});

test.each<[boolean, string, Record<string, string>]>([
  [true, 'the range that was asked for', { etag: '"a"', 'content-range': 'bytes 40-99/100' }],
  [true, 'a hidden range of the right length', { etag: '"a"', 'content-length': '60' }],
  [false, 'another start', { etag: '"a"', 'content-range': 'bytes 39-99/100' }],
  [false, 'another size', { etag: '"a"', 'content-range': 'bytes 40-98/99' }],
  [false, 'an unknown size', { etag: '"a"', 'content-range': 'bytes 40-99/*' }],
  [false, 'a hidden range of another length', { etag: '"a"', 'content-length': '61' }],
  [false, 'a hidden range and length', { etag: '"a"' }],
  [false, 'another version', { etag: '"b"', 'content-range': 'bytes 40-99/100' }],
  [false, 'no version', { 'content-range': 'bytes 40-99/100' }],
  [false, 'a compressed rest', { etag: '"a"', 'content-range': 'bytes 40-99/100', 'content-encoding': 'gzip' }],
])('%s: a 206 with %s goes on', (expected, _, headers) => {
  expect(continues(response(headers), 40, { total: 100, validator: '"a"' })).toBe(expected);
});

test('a server may ask for a pause, within reason', () => {
  expect(retryAfter(response({}))).toBeNull();
  expect(retryAfter(response({ 'retry-after': '2' }))).toBe(2000);
  expect(retryAfter(response({ 'retry-after': '86400' }))).toBe(30_000);
  expect(retryAfter(response({ 'retry-after': new Date(0).toUTCString() }))).toBe(0);
  expect(retryAfter(response({ 'retry-after': 'soon' }))).toBeNull();
});

test('a page is told by its type', () => {
  expect(isHtml(response({ 'content-type': 'Text/HTML; charset=utf-8' }))).toBe(true);
  expect(isHtml(response({ 'content-type': 'application/json' }))).toBe(false);
});
