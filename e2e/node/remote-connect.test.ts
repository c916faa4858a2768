/** rockpool/remote before there is a model to ask: servers that cannot be reached or told, and options that are refused. */
import { describe, expect, test } from 'vitest';
import { LLM, type RemoteOptions } from 'rockpool/remote';
import { keep } from './remote-connections.ts';
import { fakeServer, outcome } from './remote-server.ts';

describe('Connecting', () => {
  test('to no server at all is an error that names it', async () => {
    expect(await outcome(LLM.connect('http://127.0.0.1:9', { maxRetries: 0 }))).toMatch(
      /^server-error: The server at http:\/\/127.0.0.1:9 cannot be reached for \/info: fetch failed/,
    );
  });

  test('to a server of another kind says so', async () => {
    const server = keep(await fakeServer(({ path }) => (path === '/' ? { body: '<html>' } : undefined)));
    expect(await outcome(LLM.connect(server.url))).toMatch(/^server-error: The server at .* speaks none of tei, vllm, infinity, openai/);
    expect(await outcome(LLM.connect(server.url, { dialect: 'vllm' }))).toMatch(/^server-error: .* does not answer as vllm does/);
  });

  test('without a key says so', async () => {
    const server = keep(
      await fakeServer(({ path }) => (path === '/v1/models' ? { status: 401, body: { error: 'Unauthorized' } } : undefined)),
    );
    expect(await outcome(LLM.connect(server.url))).toMatch(/^unauthorized: .* answered \/v1\/models with 401: Unauthorized/);
  });

  test('can be aborted', async () => {
    const server = keep(await fakeServer(() => 'hang'));
    const controller = new AbortController();
    const connecting = outcome(LLM.connect(server.url, { signal: controller.signal }));
    setTimeout(() => controller.abort(), 20);
    expect(await connecting).toMatch(/^aborted/);
  });

  test.each([
    [{ dialect: 'cohere' }, /dialect of LLM.connect must be "auto" or one of/],
    [{ concurrency: 0 }, /concurrency of LLM.connect must be an integer of at least 1, got 0/],
    [{ maxInputsPerRequest: 1.5 }, /maxInputsPerRequest/],
    [{ maxRetries: -1 }, /maxRetries/],
    [{ timeout: 0 }, /timeout/],
    [{ tasks: ['generate'] }, /tasks/],
    [{ labels: [] }, /labels/],
    [{ fetch: 'x' }, /fetch/],
    [{ headers: 'x' }, /headers/],
    [{ batchSize: 3 }, /has no option "batchSize"/],
    [{ apiKey: 'the\nsecret' }, /header "Authorization"/],
  ])('with %j is refused', async (options, why) => {
    const said = await outcome(LLM.connect('http://127.0.0.1:9', options as RemoteOptions));
    expect(said).toMatch(/^invalid-option/);
    expect(said).toMatch(why);
    expect(said).not.toContain('secret');
  });

  test.each(['', 'host', 'ftp://host', 'http://user:secret@host', 7])('to %j is refused', async (url) => {
    const said = await outcome(LLM.connect(url as string));
    expect(said).toMatch(/^invalid-option/);
    expect(said.includes('secret') && typeof url === 'string' && url.startsWith('http')).toBe(false);
  });
});
