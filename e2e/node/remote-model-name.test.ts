/** rockpool/remote and the model that answers name: an alias is told, an exchange is an error. */
import { expect, test } from 'vitest';
import { connect } from './remote-connections.ts';
import { embeddingList, outcome, tei, textsIn, type Answering } from './remote-server.ts';

/** Answers by this name, whatever it is asked for. */
const naming =
  (name: () => string, listed = ['asked']): Answering =>
  ({ path, body }) => {
    if (path === '/v1/models') return { body: { data: listed.map((id) => ({ id, owned_by: 'somebody' })) } };
    return path === '/v1/embeddings' ? { body: { ...embeddingList(textsIn(body)), model: name() } } : undefined;
  };

test('another name than the caller’s is a warning, once', async () => {
  const told: string[] = [];
  const onLog = ({ level, message }: { level: string; message: string }) => told.push(`${level}: ${message}`);
  const { llm } = await connect(naming(() => 'loaded'), { model: 'asked', onLog }); // prettier-ignore
  expect(told).toEqual([]);
  await llm.embed(['x', 'y']);
  await llm.embed('z');
  expect(told).toEqual([expect.stringMatching(/^warning: .* was asked for the model "asked" and answers with "loaded"\. Check/)]);
});

test.each([
  ['asked', { model: 'asked' }],
  ['org/Asked', { model: 'asked' }],
  ['loaded', {}],
])('"%s" for %j is none', async (name, options) => {
  const told: string[] = [];
  const { llm } = await connect(naming(() => name), { ...options, onLog: ({ message }) => told.push(message) }); // prettier-ignore
  await llm.embed('x');
  expect(told).toEqual([]);
});

test('another name than before is an error, and no vector', async () => {
  let name = 'a';
  const { llm } = await connect(naming(() => name));
  await llm.embed('x');
  name = 'b';
  expect(await outcome(llm.embed('x'))).toMatch(/^server-error: .* answered \/v1\/embeddings with the model "b", and with "a" before/);
  expect(await outcome(llm.score('x', 'y'))).toMatch(/^server-error/);
  name = 'org/a';
  expect(await outcome(llm.embed('x'))).toBe('ok');
});

test('the two sides of a first score that two models answered are not compared', async () => {
  let asked = 0;
  const { llm } = await connect(naming(() => (asked++ % 2 === 0 ? 'a' : 'b')));
  expect(await outcome(llm.score('x', ['y', 'z']))).toMatch(/^server-error: .* results of two models are not mixed/);
});

test('TEI names its model at the start', async () => {
  const told: string[] = [];
  const onLog = ({ message }: { message: string }) => told.push(message);
  await connect(tei({ embedding: { pooling: 'mean' } }), { model: 'TEI', onLog });
  expect(told).toEqual([]);
  await connect(tei({ embedding: { pooling: 'mean' } }), { model: 'other', onLog });
  expect(told).toEqual([expect.stringMatching(/asked for the model "other" and answers with "org\/tei"/)]);
});
