/** Errors of servers, in all their shapes -> codes and words. */
import { describe, expect, test } from 'vitest';
import { faultOf, isErrorBody, wordsOf } from './server-fault.ts';

const server = { title: 'TEI', where: 'http://host/tenant' };
const body = (value: unknown) => JSON.stringify(value);
const code = (status: number, value: unknown) => faultOf(server, '/v1/embeddings', status, body(value)).code;

describe('the words of a body', () => {
  test.each([
    ['nested, of OpenAI, newer vLLM and Infinity', { error: { message: 'no', type: 'x', code: 400 } }, 'no'],
    ['flat, of older vLLM and Cohere', { object: 'error', message: 'no', code: 400 }, 'no'],
    ['both, of rockpool', { object: 'error', message: 'no', error: { message: 'no' } }, 'no'],
    ['of TEI', { error: 'no', error_type: 'Validation' }, 'no'],
    ['of FastAPI', { detail: 'no' }, 'no'],
    ['of pydantic', { detail: [{ loc: ['body', 'input'], msg: 'too short' }, { msg: 'too long' }] }, 'body.input: too short; too long'],
  ])('%s', (_, value, words) => expect(wordsOf(body(value))).toBe(words));

  test('a text is its own words, a page and nothing have none', () => {
    expect(wordsOf('upstream timed out\n')).toBe('upstream timed out');
    expect(wordsOf('<!DOCTYPE html><html>…')).toBeNull();
    expect(wordsOf(' ')).toBeNull();
  });
});

describe('the code', () => {
  test.each([
    [401, { error: 'Unauthorized' }, 'unauthorized'],
    [403, { detail: 'Forbidden' }, 'unauthorized'],
    [429, { error: 'Model is overloaded', error_type: 'Overloaded' }, 'overloaded'],
    [400, { error: { message: 'input is wrong' } }, 'invalid-input'],
    [422, { detail: [{ loc: ['body'], msg: 'bad' }] }, 'invalid-input'],
    [400, { error: { message: "This model's maximum context length is 512 tokens. However, you requested 600 tokens" } }, 'input-too-long'],
    [400, { error: { message: 'The decoder prompt (length 600) is longer than the maximum model length of 512.' } }, 'input-too-long'],
    [413, { error: '`inputs` must have less than 512 tokens. Given: 600', error_type: 'Validation' }, 'input-too-long'],
    [413, { error: 'batch size 64 > maximum allowed batch size 32', error_type: 'Validation' }, 'invalid-option'],
    [500, { error: { message: 'input is too large to process. increase the physical batch size' } }, 'input-too-long'],
    [422, { error: { message: 'The prompts of one call may have 100 tokens in all, and these have more.' } }, 'too-many-tokens'],
    [404, { detail: 'Not Found' }, 'unsupported-task'],
    [404, { error: { message: 'The model `x` does not exist.', type: 'NotFoundError' } }, 'server-error'],
    [400, { error: { message: "Invalid model: Engine for model name 'x' not found." } }, 'server-error'],
    [400, { error: { message: 'The model does not support Embeddings API' } }, 'unsupported-task'],
    [400, { error: { message: 'Embedding API is not supported by this model. Try converting' } }, 'unsupported-task'],
    [400, { error: { message: 'ModelNotDeployedError: model=`m` does not support `rerank`. Reason: no' } }, 'unsupported-task'],
    [400, { error: { message: "Unsupported task: 'encode' Supported tasks: ('embed',)" } }, 'unsupported-task'],
    [424, { error: 'model is not a re-ranker model', error_type: 'Backend' }, 'unsupported-task'],
    [424, { error: 'Inference failed', error_type: 'Backend' }, 'server-error'],
    [405, {}, 'unsupported-task'],
    [501, {}, 'unsupported-task'],
    [402, {}, 'server-error'],
    [503, { error: 'unhealthy' }, 'server-error'],
  ])('%i %j is %s', (status, value, expected) => expect(code(status, value)).toBe(expected));
});

test('a message says who answered what, and does not grow with the body', () => {
  expect(faultOf(server, '/tenant/embed', 500, body({ error: 'no' })).message).toBe(
    'TEI at http://host/tenant answered /tenant/embed with 500: no',
  );
  expect(faultOf(server, '/embed', 500, 'x'.repeat(10_000)).message.length).toBeLessThan(600);
});

test.each([400, 404, 405, 413, 422, 501])('that of a %i, which a client may read, says nothing of where it is', (status) => {
  expect(faultOf(server, '/tenant/embed', status, body({ error: 'no' })).message).toBe(`TEI answered /embed with ${status}: no`);
});

test('an error that comes with 200 is one', () => {
  expect(isErrorBody({ error: { message: 'The model does not support Score API' } })).toBe(true);
  expect(isErrorBody({ object: 'error', message: 'no' })).toBe(true);
  expect(isErrorBody({ object: 'list', data: [], error: null })).toBe(false);
  expect(isErrorBody([])).toBe(false);
  expect(isErrorBody(null)).toBe(false);
});

test.each([
  [429, 3_599_001, 'A at a: 1 answered /embed with 429: full. It asks to come back in 3600 s'],
  [429, null, 'A at a: 1 answered /embed with 429: full'],
  [503, 5_000, 'A at a: 1 answered /embed with 503: full'],
])('that of %i says when to come back, if it knows: %s', (status, wait, message) => {
  expect(faultOf({ title: 'A', where: 'a: 1' }, '/embed', status, 'full', wait).message).toBe(message);
});
