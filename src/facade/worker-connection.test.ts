/** What becomes of the calls when a worker ends, or when a signal fires, at any moment. The worker is played by a double. */
import { describe, expect, test } from 'vitest';
import { PoolingError } from '../errors.ts';
import type { WorkerOptions } from '../types.ts';
import type { EngineApi } from '../wire/protocol.ts';
import type { CallHooks, Connection } from './connection.ts';
import { connectWorker } from './worker-connection.ts';
import { FakeWorker, fakeEngine, fakeRequest } from './worker-for-tests.ts';

type Made = FakeWorker[];
const tokenize = (engine: EngineApi, id: number) =>
  engine.tokenize(id, { prompts: ['a'], addSpecialTokens: true, offsets: false, maxTotalTokens: null });
const ask = (connection: Connection, hooks: CallHooks = {}) => connection.call(tokenize, hooks);
const turn = () => new Promise((resolve) => setTimeout(resolve, 20));

/** Connects to one engine after the other, the last of them again and again; null never answers. */
async function connect(engines: (Partial<EngineApi> | null)[], hooks: CallHooks = {}, options: WorkerOptions = {}) {
  const made: Made = [];
  const logs: string[] = [];
  const worker = () => {
    const own = engines[Math.min(made.length, engines.length - 1)]!;
    made.push(new FakeWorker(own && fakeEngine(own)));
    return made.at(-1) as unknown as Worker;
  };
  const connection = connectWorker(fakeRequest, { worker, ...options }, hooks, ({ message }) => logs.push(message));
  return { connection: await connection.catch((error: PoolingError) => Promise.reject(Object.assign(error, { made }))), made, logs };
}

/** A call that answers when the test says so. */
function held() {
  let release = () => {};
  let called = () => {};
  const started = new Promise<void>((resolve) => (called = resolve));
  const answer: EngineApi['tokenize'] = () => {
    called();
    return new Promise((resolve) => (release = () => resolve({ ok: true, value: [] })));
  };
  return { answer, started, release: () => release() };
}
const never: EngineApi['tokenize'] = () => new Promise(() => {});
const crash = { code: 'worker-crashed' };

describe('the signal of the load', () => {
  test('means nothing to calls once the load is done', async () => {
    const controller = new AbortController();
    const { answer, started, release } = held();
    const { connection, made } = await connect([{ tokenize: answer }], { signal: controller.signal });
    const during = ask(connection);
    await started;
    controller.abort();
    release();
    expect(await during).toEqual([]);
    const after = ask(connection);
    await turn();
    release();
    expect(await after).toEqual([]);
    expect(made).toMatchObject([{ terminated: 0 }]);
  });

  test('ends the worker while it loads', async () => {
    const signal = AbortSignal.timeout(20);
    const failed = await connect([{ load: () => new Promise(() => {}) }], { signal }).catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: 'aborted', made: [{ terminated: 1 }] });
  });

  test('ends the worker while it starts, and makes none if it has fired before', async () => {
    // Of more than 31 bits, a timer of the runtime's own would go off at once.
    for (const workerTimeout of [Infinity, 2 ** 31]) {
      const late = await connect([null], { signal: AbortSignal.timeout(20) }, { workerTimeout }).catch((error: unknown) => error);
      expect(late).toMatchObject({ code: 'aborted', made: [{ terminated: 1 }] });
    }
    const early = await connect([null], { signal: AbortSignal.abort() }).catch((error: unknown) => error);
    expect(early).toMatchObject({ code: 'aborted', made: [] });
  });
});

describe('a worker that dies', () => {
  test('fails all its calls, and the next one has another', async () => {
    const { connection, made, logs } = await connect([{ tokenize: never }, {}]);
    const calls = [ask(connection), ask(connection)];
    await turn();
    made[0]!.fail('out of memory');
    for (const call of calls)
      await expect(call).rejects.toMatchObject({ ...crash, message: expect.stringContaining('out of memory') as string });
    expect(await ask(connection)).toEqual([]);
    expect(made).toMatchObject([{ terminated: 1 }, { terminated: 0 }]);
    expect(logs).toHaveLength(1);
  });

  test('by an error that its engine calls fatal is replaced once, however many calls heard of it', async () => {
    const fatal: EngineApi['tokenize'] = async () => ({
      ok: false,
      error: { code: 'runtime-failed', message: 'out of bounds', cause: null, fatal: true },
    });
    const { connection, made } = await connect([{ tokenize: fatal }, {}]);
    const codes = await Promise.all([0, 1, 2].map(() => ask(connection).catch(({ code }: PoolingError) => code)));
    expect(codes).toContain('runtime-failed');
    expect(await ask(connection)).toEqual([]);
    expect(made).toHaveLength(2);
  });

  test('in its load is not replaced until somebody asks', async () => {
    const { connection, made } = await connect([{}, { load: () => new Promise(() => {}) }, {}]);
    made[0]!.fail('first');
    const waiting = ask(connection);
    await turn();
    made[1]!.fail('second');
    await expect(waiting).rejects.toMatchObject(crash);
    await turn();
    expect(made).toHaveLength(2);
    expect(await ask(connection)).toEqual([]);
  });

  test('and cannot be made again says so to the next call', async () => {
    const made: Made = [];
    const worker = () => {
      if (made.length === 1) throw new DOMException('forbidden', 'SecurityError');
      made.push(new FakeWorker(fakeEngine()));
      return made[0] as unknown as Worker;
    };
    const connection = await connectWorker(fakeRequest, { worker }, {}, () => {});
    made[0]!.fail('first');
    await expect(ask(connection)).rejects.toMatchObject({ ...crash, message: expect.stringContaining('forbidden') as string });
  });
});

test('a worker that starts again and cannot load tells those who waited why', async () => {
  const broken: EngineApi['load'] = async () => ({
    ok: false,
    error: { code: 'download-failed', message: 'no network', cause: null, fatal: false },
  });
  const { connection, made } = await connect([{}, { load: broken }, {}]);
  made[0]!.fail('first');
  await expect(ask(connection)).rejects.toMatchObject({ code: 'download-failed' });
  expect(made[1]).toMatchObject({ terminated: 1 });
  expect(await ask(connection)).toEqual([]);
});

test('a worker that never answers is ended after the timeout', async () => {
  const failed = await connect([null], {}, { workerTimeout: 20 }).catch((error: unknown) => error);
  expect(failed).toMatchObject({ code: 'worker-timeout', made: [{ terminated: 1 }] });
});

test('dispose ends the worker and its calls, and starts no other', async () => {
  const { connection, made, logs } = await connect([{ tokenize: never }]);
  const call = ask(connection);
  await turn();
  await connection.dispose();
  await connection.dispose();
  await expect(call).rejects.toMatchObject({ code: 'disposed' });
  await expect(ask(connection)).rejects.toMatchObject({ code: 'disposed' });
  expect(made).toMatchObject([{ terminated: 1 }]);
  expect(logs).toEqual([]);
});
