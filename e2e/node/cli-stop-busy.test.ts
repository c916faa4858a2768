/**
 * A stop while the engine computes: it holds the event loop, in which connections are accepted one by one, and what they have sent is
 * answered all the same.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { createHandler } from 'rockpool/server';
import { afterEach, expect, test } from 'vitest';
import { listen, type Listener } from '../../bin/listen.ts';
import { Stop } from '../../bin/stop.ts';

/**
 * Clients in a thread of their own: their requests are written to their sockets, whatever the server's thread is doing. Told when all are,
 * and of each status.
 */
const CLIENTS = `
const { parentPort, workerData: { port, count } } = require('node:worker_threads');
const body = JSON.stringify({ input: 'small' });
const head = 'POST /v1/embeddings HTTP/1.1\\r\\nHost: x\\r\\nContent-Type: application/json\\r\\nConnection: close\\r\\nContent-Length: ' + body.length;
let sent = 0;
for (let i = 0; i < count; i++) {
  const socket = require('node:net').connect(port, '127.0.0.1');
  let text = '';
  socket.write(head + '\\r\\n\\r\\n' + body, () => ++sent === count && parentPort.postMessage('sent'));
  socket.on('data', (data) => (text += data)).on('error', ({ code }) => (text = code));
  socket.on('close', () => parentPort.postMessage({ status: text.startsWith('HTTP') ? Number(text.slice(9, 12)) : text }));
}`;

const COUNT = 60;
/** A batch, in milliseconds. */
const BATCH = 50;

let listener: Listener;
const workers: Worker[] = [];
afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.terminate()));
});

/** Computes batches as long as the test says, each of which holds the loop, and then what is small. */
async function busyServer() {
  let isBusy = true;
  let batches = 0;
  const embed = async (prompts: readonly unknown[]) => {
    for (; prompts[0] === 'large' && isBusy; batches++) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BATCH);
      await nextTurn();
    }
    return prompts.map(() => ({ prompt_token_ids: [1], outputs: { embedding: Float32Array.of(1) } }));
  };
  const info = { model: 'm', tasks: ['embed'], max_embed_len: 512, device: 'wasm' };
  const stop = new Stop(createHandler({ m: { info, embed } } as never));
  listener = await listen((request) => stop.answer(request), { host: '127.0.0.1', port: 0 });
  return { stop, finish: () => (isBusy = false), batches: () => batches };
}

function ask(input: string): Promise<number> {
  const init = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ input }) };
  return fetch(`${listener.url}/v1/embeddings`, init).then(({ status }) => status);
}

/** Resolves when all of them are sent. */
async function clients(count: number): Promise<{ statuses: (number | string)[]; ended: Promise<unknown> }> {
  const worker = new Worker(CLIENTS, { eval: true, workerData: { port: Number(new URL(listener.url).port), count } });
  workers.push(worker);
  const statuses: (number | string)[] = [];
  const ended = new Promise<void>((resolve) =>
    worker.on('message', (told: 'sent' | { status: number | string }) => {
      if (told !== 'sent' && statuses.push(told.status) === count) resolve();
    }),
  );
  await new Promise<void>((resolve) => worker.on('message', (told) => told === 'sent' && resolve()));
  return { statuses, ended };
}

test('all that was sent before is answered, however long it takes to be accepted', async () => {
  const { stop, finish, batches } = await busyServer();
  const large = ask('large');
  while (batches() === 0) await nextTurn();
  const { statuses, ended } = await clients(COUNT);
  const lost = stop.run(BATCH * COUNT * 4.5, listener, () => {});
  const before = batches();
  // One of them is accepted in each.
  while (batches() < before + COUNT * 1.2) await nextTurn();
  finish();
  await ended;
  expect([await large, ...statuses]).toEqual(Array(COUNT + 1).fill(200));
  expect(await lost).toBe(0);
});

test('what cannot be accepted in time gets 503, and is told of', async () => {
  const { stop, finish, batches } = await busyServer();
  const large = ask('large');
  while (batches() === 0) await nextTurn();
  const { statuses, ended } = await clients(COUNT);
  const told: string[] = [];
  const lost = await stop.run(BATCH * 2, listener, ({ message }) => told.push(message));
  finish();
  await ended;
  expect(await large).toBe(503);
  const refused = statuses.filter((status) => status === 503).length;
  expect(refused).toBeGreaterThan(0);
  expect(lost).toBeGreaterThan(refused);
  expect(told[0]).toBe(`Requests that were not answered within --shutdown-timeout, and got 503: ${lost}`);
});

test('nothing under way is nothing lost, whatever time is given', async () => {
  const { stop } = await busyServer();
  expect(await ask('small')).toBe(200);
  expect(await stop.run(0, listener, () => {})).toBe(0);
});

test('balancers and scrapers are answered while a stop waits for what was sent before it', async () => {
  let isAllThere = () => {};
  const arrived = new Promise<void>((resolve) => (isAllThere = resolve));
  const { stop } = await busyServer();
  const lost = stop.run(600_000, { url: '', arrived: () => arrived, close: async () => {} }, () => {});
  const to = async (path: string, init?: RequestInit) => {
    const { status, headers } = await stop.answer(new Request(`http://x${path}`, init));
    return [status, headers.get('Connection'), headers.has('X-Request-Id')];
  };
  for (const path of ['/health', '/ping', '/health/']) expect(await to(path)).toEqual([503, 'close', true]);
  expect(await to('/ping', { method: 'POST' })).toEqual([503, 'close', true]);
  expect(await to('/metrics')).toEqual([200, 'close', true]);
  const headers = { 'Content-Type': 'application/json' };
  const sent = to('/v1/embeddings', { method: 'POST', headers, body: JSON.stringify({ input: 'small' }) });
  isAllThere();
  expect(await sent).toEqual([200, 'close', true]);
  expect(await lost).toBe(0);
  expect(await to('/health')).toEqual([503, 'close', true]);
});
