/**
 * What a body says: no JSON, no UTF-8, too deep, too much, odd but right. Each gets its answer in few words and in time, and none is a
 * fault of ours.
 */
import { gzipSync } from 'node:zlib';
import type { LLM } from 'rockpool/edge';
import { createHandler, type Handler } from 'rockpool/server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { load } from './tiny-model.ts';

let llm: LLM;
let handler: Handler;

beforeAll(async () => {
  llm = await load('tiny-bert-poolings');
  handler = createHandler(llm);
}, 60_000);
afterAll(() => llm.dispose());

const valid = JSON.stringify({ input: 'hello' });
const ask = (
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
  path = '/v1/embeddings',
  server: Handler = handler,
) => server(new Request(`http://local${path}`, { method: 'POST', headers: { 'Content-Type': 'application/json', ...headers }, body }));

describe('Bodies that are not what they should be', () => {
  test.each([
    ['gzip', gzipSync(valid), { 'Content-Encoding': 'gzip' }, 415],
    ['an encoding that nobody knows', valid, { 'Content-Encoding': 'rot13' }, 415],
    ['another type', valid, { 'Content-Type': 'text/plain' }, 415],
    ['a form', 'input=hello', { 'Content-Type': 'application/x-www-form-urlencoded' }, 415],
    ['a type that begins like JSON', valid, { 'Content-Type': 'application/jsonp' }, 415],
    ['gzip that does not say so', gzipSync(valid), {}, 400],
    ['nothing', '', {}, 400],
    ['half a text', '{"input":"hel', {}, 400],
    ['two texts', `${valid}${valid}`, {}, 400],
    ['a list', '["hello"]', {}, 400],
    ['a text alone', '"hello"', {}, 400],
    ['null', 'null', {}, 400],
    ['NaN', '{"input":[NaN]}', {}, 400],
    ['Infinity', '{"input":"a","priority":Infinity}', {}, 400],
    ['-Infinity', '{"input":"a","priority":-Infinity}', {}, 400],
    ['a number that is too large for any', '{"input":"a","priority":1e400}', {}, 400],
    ['a token id that is too large', '{"input":[1e300]}', {}, 400],
    ['a token id beyond the vocabulary', '{"input":[99999999]}', {}, 400],
    ['a token id below zero', '{"input":[-1]}', {}, 400],
    ['a token id with a fraction', '{"input":[1.5]}', {}, 400],
    ['dimensions that are too large', '{"input":"a","dimensions":9007199254740993}', {}, 400],
    ['single quotes', "{'input':'hello'}", {}, 400],
    ['a comment', '{"input":"hello"/* */}', {}, 400],
    ['100,000 lists in one another', `{"input":${'['.repeat(1e5)}${']'.repeat(1e5)}}`, {}, 400],
    ['100,000 lists that never close', `{"input":${'['.repeat(1e5)}`, {}, 400],
    ['100,000 objects in one another', `{"input":${'{"a":'.repeat(1e5)}1${'}'.repeat(1e5)}}`, {}, 400],
    ['an input of its own kind of list', '{"input":[["a"],1]}', {}, 400],
  ] as const)('%s', async (_, body, headers, status) => {
    const response = await ask(body as string, headers);
    expect(response.status).toBe(status);
    const { message, code, error } = (await response.json()) as { message: string; code: number; error: { message: string; code: number } };
    expect([code, error.code]).toEqual([status, status]);
    expect(message).toBe(error.message);
    // In a few words, however long the body is.
    expect(message.length).toBeLessThan(1_500);
    expect(message).not.toMatch(/\/work|node_modules|file:|\n\s+at /);
  });

  test.each(['c328', 'ff', 'c0af', 'eda080', 'f4908080', 'e282'])('bytes that are no UTF-8: %s', async (hex) => {
    const body = Buffer.concat([Buffer.from('{"input":"'), Buffer.from(hex, 'hex'), Buffer.from('"}')]);
    expect((await ask(body)).status).toBe(400);
  });

  test('lists in one another that reach a template are refused, not a fault', async () => {
    const deep = `${'['.repeat(1e5)}${']'.repeat(1e5)}`;
    const chat = createHandler(llm, { chatTemplate: '{{ messages[0].content }}{{ x }}{{ tools }}{{ messages[0].more }}' });
    for (const body of [
      `{"messages":[{"role":"user","content":"a"}],"chat_template_kwargs":{"x":${deep}}}`,
      `{"messages":[{"role":"user","content":"a","more":${deep}}]}`,
      `{"messages":[{"role":"user","content":"a"}],"tools":[${deep}]}`,
      `{"input":"a","nobody_knows":${deep}}`,
    ]) {
      const path = body.includes('tools') ? '/tokenize' : '/v1/embeddings';
      const response = await ask(body, {}, path, chat);
      expect(response.status, body.slice(0, 80)).toBe(body.includes('nobody') ? 200 : 400);
    }
  });
});

describe('Bodies that are odd, and right', () => {
  const vector = async (body: string, headers: Record<string, string> = {}) => {
    const response = await ask(body, headers);
    expect(response.status, body).toBe(200);
    return ((await response.json()) as { data: { embedding: number[] }[] }).data[0]!.embedding;
  };

  test('of keys that are there twice the last one counts', async () => {
    expect(await vector('{"input":"first","input":"hello"}')).toEqual(await vector(valid));
  });

  test('__proto__ and its like are fields that nobody knows', async () => {
    const names = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '__defineGetter__'];
    for (const name of names) {
      expect(await vector(`{"input":"hello","${name}":{"polluted":true,"dimensions":1}}`)).toEqual(await vector(valid));
      expect(await vector(`{"${name}":{"input":"other"},"input":"hello"}`)).toEqual(await vector(valid));
      // Nor are they tasks, roles, heads or prompts by the names of what every object has.
      for (const field of ['task', 'prompt_name', 'model', 'encoding_format', 'embed_dtype']) {
        const response = await ask(JSON.stringify({ input: 'hello', [field]: name }), {}, '/pooling');
        expect([400, 404], `${field}: ${name}`).toContain(response.status);
      }
    }
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  test('half a surrogate pair is the character for what is no character', async () => {
    expect(await vector(String.raw`{"input":"a \ud800 b"}`)).toEqual(await vector('{"input":"a \ufffd b"}'));
  });

  test('NUL, a byte order mark, escapes and types with parameters are taken', async () => {
    expect(await vector(String.raw`{"input":"hel\u0000lo"}`)).toHaveLength(32);
    expect(await vector(`\ufeff${valid}`)).toEqual(await vector(valid));
    expect(await vector(String.raw`{"\u0069nput":"\u0068ello"}`)).toEqual(await vector(valid));
    for (const type of ['application/json; charset=utf-8', 'Application/JSON;charset=UTF-8', 'application/vnd.api+json'])
      expect(await vector(valid, { 'Content-Type': type })).toEqual(await vector(valid));
  });

  test('numbers may be written in any way', async () => {
    expect(await vector('{"input":[1e0, 2.0, 30e-1]}')).toEqual(await vector('{"input":[1,2,3]}'));
    expect(await vector('{"input":"hello","priority":-0}')).toEqual(await vector(valid));
  });
});

describe('Bodies that say too much', () => {
  test.each([
    ['/v1/embeddings', 'input', '1.5'],
    ['/v1/embeddings', 'input', '{}'],
    ['/v1/embeddings', 'input', '"a"'],
    ['/rerank', 'documents', '{"content":[0]}'],
    ['/detokenize', 'tokens', 'null'],
  ])('a million of mistakes are one error, and soon: %s, %s of %s', { timeout: 60_000 }, async (path, field, value) => {
    const body = `{"query":"a","${field}":[${Array(1e6).fill(value).join(',')}]}`;
    const begin = performance.now();
    const response = await ask(body, {}, path);
    expect(performance.now() - begin).toBeLessThan(8_000);
    expect([400, 413, 422]).toContain(response.status);
    expect((await response.text()).length).toBeLessThan(1_000);
  });

  test('a text of 10 MB is answered soon, cut, refused or chunked as the request and the model say', { timeout: 60_000 }, async () => {
    for (const unit of ['a', 'word ', ' ', '\u{1f642}', '\u0000', '\n']) {
      const input = unit.repeat(Math.floor((10 * 2 ** 20) / Buffer.byteLength(JSON.stringify(unit).slice(1, -1))));
      const begin = performance.now();
      const [refused, cut] = [await ask(JSON.stringify({ input })), await ask(JSON.stringify({ input, truncate_prompt_tokens: -1 }))];
      const seconds = (performance.now() - begin) / 1000;
      // White space has no tokens, so that there is nothing to refuse.
      expect([200, 400], JSON.stringify(unit)).toContain(refused.status);
      expect(cut.status, JSON.stringify(unit)).toBe(200);
      expect(seconds, JSON.stringify(unit)).toBeLessThan(15);
      console.log(`10 MB of ${JSON.stringify(unit)}: ${refused.status} and ${cut.status} in ${seconds.toFixed(2)} s`);
    }
  });
});
