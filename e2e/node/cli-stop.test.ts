/** How `rockpool serve` stops: what is under way is answered, for as long as it may take; once more, and it ends at once. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { killPrograms, runtimes, start, tinyModel, type RuntimeName } from './cli-process.ts';
import { ask, long, metric, ROOM, send, serve, until } from './cli-server.ts';

let model: string;
let remove = async (): Promise<void> => {};

beforeAll(async () => {
  ({ model, remove } = await tinyModel());
});

afterAll(async () => {
  killPrograms();
  await remove();
});

describe.each(Object.keys(runtimes) as RuntimeName[])('%s', { timeout: 120_000 }, (runtime) => {
  test('answers what is under way when it is told to stop, and nothing new', async () => {
    const { url, child, ended, err, printed } = await serve(runtime, model, ...ROOM, '--shutdown-timeout', '100');
    const before = send(url, { input: long });
    await until(async () => (await metric(url, 'num_requests_running')) === 1);
    child.kill('SIGTERM');
    await printed(/(SIGTERM: answering the requests under way)/);
    expect((await ask(url, '/health')).status).toBe(503);
    // What may have been sent before the signal is still let in, and then nothing new.
    await until(async () => {
      const late = await ask(url, '/v1/embeddings', { input: 'too late' });
      expect(late.headers.get('connection')).toBe('close');
      return late.status === 503;
    });
    expect((await ask(url, '/health')).status).toBe(503);
    const { status, text } = await before.answer;
    expect(status).toBe(200);
    expect(JSON.parse(text).data).toHaveLength(long.length);
    expect(await ended).toEqual({ code: 0, signal: null });
    expect(err()).toContain('Stopped.');
  });

  test('answers what was sent before it is told to stop, and what nobody could accept', async () => {
    const { url, child, ended } = await serve(runtime, model, '--shutdown-timeout', '100');
    // As while a batch is computed: connections and requests come, and wait.
    child.kill('SIGSTOP');
    const requests = Array.from({ length: 64 }, (_, i) => send(url, { input: `text ${i}` }));
    await Promise.all(requests.map(({ sent }) => once(sent, 'finish')));
    child.kill('SIGTERM');
    child.kill('SIGCONT');
    const answers = await Promise.allSettled(requests.map(({ answer }) => answer));
    expect(answers.map((one) => (one.status === 'fulfilled' ? one.value.status : String(one.reason)))).toEqual(requests.map(() => 200));
    expect(await ended).toEqual({ code: 0, signal: null });
  });

  test('gives up what takes longer than --shutdown-timeout, says so, and ends with the code of the signal', async () => {
    const { url, child, ended, err } = await serve(runtime, model, ...ROOM, '--shutdown-timeout', '0.2');
    const sent = send(url, { input: [...long, ...long] });
    await until(async () => (await metric(url, 'num_requests_running')) === 1);
    child.kill('SIGTERM');
    const { status, text } = await sent.answer;
    expect([status, JSON.parse(text).message]).toEqual([503, 'The server is shutting down.']);
    expect(await ended).toEqual({ code: 143, signal: null });
    expect(err()).toMatch(/WARNING .*Requests that were not answered within --shutdown-timeout, and got 503: 1/);
  });
});

describe('Node', { timeout: 60_000 }, () => {
  test('ends at once when it is told a second time', async () => {
    const { url, child, ended } = await serve('Node', model, ...ROOM);
    const { answer } = send(url, { input: long });
    answer.catch(() => {});
    await until(async () => (await metric(url, 'num_requests_running')) === 1);
    child.kill('SIGTERM');
    await until(async () => (await ask(url, '/health')).status === 503);
    child.kill('SIGINT');
    expect(await ended).toEqual({ code: 130, signal: null });
    await expect(answer).rejects.toThrow();
  });

  test('ends at once while it loads, and answers 503 until then', async () => {
    // A server that has no end to its first file.
    const stuck = createServer((_, response) => void response.writeHead(200).write('{'));
    stuck.listen(0, '127.0.0.1');
    await once(stuck, 'listening');
    const port = await freePort();
    const program = start(['serve', `http://127.0.0.1:${(stuck.address() as AddressInfo).port}/model`, '--port', String(port)]);
    await until(() =>
      fetch(`http://127.0.0.1:${port}/health`).then(
        ({ status, headers }) => status === 503 && headers.get('x-request-id') !== null,
        () => false,
      ),
    );
    program.child.kill('SIGTERM');
    expect(await program.ended).toEqual({ code: 143, signal: null });
    stuck.closeAllConnections();
    stuck.close();
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
