/** The page of the API: what its document has is text there, whatever it is, and what a field takes is said without doubt. */
import { expect, test } from 'vitest';
import { docsPage } from './docs-page.ts';
import { openApi } from './openapi.ts';

const responses = {};

test('nothing of it is markup', () => {
  const evil = `<b a="1">&amp;'`;
  const schema = { properties: { [evil]: { enum: [evil], default: evil } } };
  const requestBody = { required: true as const, content: { 'application/json': { schema, example: { input: evil } } } };
  const paths = { [`/${evil}`]: { post: { summary: evil, requestBody, responses } } };
  const page = docsPage({ openapi: '', info: { title: evil, version: evil, description: evil }, paths, components: {} }, `http://${evil}`);
  expect(page.match(/<b[^>]*>/g)).toEqual(['<b>']);
  expect(page).not.toContain('&amp;');
  const [, line] = /<pre>(.*)<\/pre>/s.exec(page)!;
  expect(line).not.toMatch(/[<>"]/);
  expect(line!.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(code))).toContain(
    JSON.stringify({ input: evil }).replace("'", `'\\''`),
  );
});

test('a list of several kinds is told from kinds beside a list', () => {
  const page = docsPage(openApi(null), 'http://server');
  expect(page).toContain('<code>documents</code></th><td>string | object | list of (string | object)</td>');
});
