/** Vectors as raw bytes: the header that says where they are is one that clients can read. */
import { expect, test } from 'vitest';
import { createHandler } from './handler.ts';
import { embeddingOf, fakeModel, jsonOf, post, type ErrorBody } from './model-for-tests.ts';

const ask = (count: number, encoding_format: string, name = 'm') => {
  const model = fakeModel({ embed: (prompts) => Promise.resolve((prompts as string[]).map((_, i) => embeddingOf(i))) });
  return createHandler({ [name]: model })(post('/v1/embeddings', { input: Array(count).fill('a'), encoding_format }));
};

test.each(['modèle 日本 🙂\u007f', 'm'])('the name %s is in it, in ASCII', async (name) => {
  const header = (await ask(2, 'bytes', name)).headers.get('metadata')!;
  expect(header).toMatch(/^[ -~]+$/);
  expect(JSON.parse(header)).toMatchObject({ model: name, data: [{ start: 0 }, { start: 8 }] });
});

test('it is never longer than Node’s fetch reads, and more inputs are told what to ask for', async () => {
  const most = (await ask(100, 'bytes')).headers.get('metadata')!;
  expect(most.length).toBeLessThan(12_000);
  const refused = await ask(101, 'bytes');
  expect([refused.status, await jsonOf<ErrorBody>(refused)]).toEqual([
    400,
    expect.objectContaining({
      param: 'encoding_format',
      message:
        'encoding_format "bytes" is for up to 100 inputs, and these are 101: clients cannot read a longer header. Ask for "bytes_only" or "base64".',
    }),
  ]);
  for (const format of ['bytes_only', 'base64', 'float']) expect((await ask(2_000, format)).status).toBe(200);
});
