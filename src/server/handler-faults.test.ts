/** Faults, and what a server does not tell of them. */
import { expect, test } from 'vitest';
import { errorCodes, PoolingError } from '../errors.ts';
import { createHandler } from './handler.ts';
import { embed, embeddingOf, fakeModel, get, jsonOf, UNPRINTABLE, type ErrorBody } from './model-for-tests.ts';
import type { LogRecord } from './options.ts';

const secret = '/home/someone/models/model.onnx cannot be read at run (ort.mjs:1:1)';
const failing = (code: PoolingError['code'], logs: LogRecord[] = []) =>
  createHandler(fakeModel({ embed: () => Promise.reject(new PoolingError(code, secret)) }), {
    onLog: (record) => void logs.push(record),
  });

test.each(errorCodes.map((code) => [code]))(
  '%s has a status, and says what it is if it is about the request, and never where',
  async (code) => {
    const logs: LogRecord[] = [];
    const response = await failing(code, logs)(embed());
    const body = await jsonOf<ErrorBody>(response);
    const isCallers = ['invalid-input', 'invalid-option', 'input-too-long', 'too-many-tokens', 'unsupported-task'].includes(code);
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(response.status < 500).toBe(isCallers);
    expect(body.message.includes('cannot be read')).toBe(isCallers);
    expect(JSON.stringify(body)).not.toContain('someone');
    expect(body.error).toMatchObject({ message: body.message, type: body.type, param: body.param, code: response.status });
    const needsSomebody = response.status === 500 || ['unauthorized', 'model-mismatch'].includes(code);
    expect(logs.find(({ message }) => message === secret)?.level).toBe(needsSomebody ? 'error' : 'warning');
    // Nothing else says when, and whether, to ask again.
    expect(response.headers.get('Retry-After')).toBe(response.status === 503 && !needsSomebody ? '1' : null);
    expect(response.headers.get('x-should-retry')).toBe(response.status === 503 && needsSomebody ? 'false' : null);
  },
);

test('what is no error of ours is 500 too', async () => {
  const handler = createHandler(fakeModel({ embed: () => Promise.reject('a string') }));
  expect((await handler(embed())).status).toBe(500);
});

test.each([...UNPRINTABLE, null, undefined, Symbol('s'), 5n].map((thrown, i) => [i, thrown] as const))(
  'what cannot become a text, %i, is 500 all the same',
  async (_, thrown) => {
    const logs: LogRecord[] = [];
    const model = fakeModel({ embed: () => Promise.reject(thrown) });
    const handler = createHandler(model, { onLog: (record) => void logs.push(record) });
    expect((await handler(embed())).status).toBe(500);
    expect(logs.map(({ level, message }) => [level, typeof message])).toEqual([
      ['error', 'string'],
      ['info', 'string'],
    ]);
  },
);

test('a server whose engine is gone is not healthy, until it answers again', async () => {
  let gone = true;
  const handler = createHandler(
    fakeModel({ embed: () => (gone ? Promise.reject(new PoolingError('disposed', 'gone')) : Promise.resolve([embeddingOf(0)])) }),
  );
  expect((await handler(get('/health'))).status).toBe(200);
  expect((await handler(embed())).status).toBe(503);
  expect((await handler(get('/health'))).status).toBe(503);
  gone = false;
  expect((await handler(embed())).status).toBe(200);
  expect((await handler(get('/health'))).status).toBe(200);
});
