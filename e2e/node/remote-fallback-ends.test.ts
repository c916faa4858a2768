/** withFallback when failures come late, when no model is left, and when it is disposed of. */
import { describe, expect, test, vi } from 'vitest';
import { LLM, withFallback, type PoolingLLM } from 'rockpool/remote';
import { fallback, failing, machine, texts } from './remote-machines.ts';
import { outcome } from './remote-server.ts';
import { load } from './tiny-model.ts';

describe('A failure that comes late', () => {
  test('of a model that was replaced meanwhile leaves the new one alone', async () => {
    const made: PoolingLLM[] = [];
    const disposed: PoolingLLM[] = [];
    const fail: ((error: Error) => void)[] = [];
    const gone = () => Object.assign(new Error('gone'), { name: 'PoolingError', code: 'disposed' });
    const make = async () => {
      const llm = (await load('tiny-bert-poolings')) as unknown as PoolingLLM;
      const isFirst = made.push(llm) === 1;
      const own = llm.embed.bind(llm);
      const dispose = llm.dispose.bind(llm);
      Object.assign(llm, {
        embed: (...args: Parameters<typeof own>) =>
          // The canary has several texts.
          isFirst && [args[0]].flat().length === 1 ? new Promise((_, reject) => fail.push(reject)) : own(...args),
        dispose: () => (disposed.push(llm), dispose()),
      });
      return llm;
    };
    const { llm } = await fallback([make], { coolDown: 0 });
    const calls = ['a', 'b'].map((text) => outcome(llm.embed(text)));
    await vi.waitFor(() => expect(fail).toHaveLength(2), { timeout: 20_000 });
    fail[0]!(gone());
    expect(await calls[0]).toMatch(/^disposed/);
    expect(await outcome(llm.embed('c'))).toBe('ok');
    fail[1]!(gone());
    await calls[1];
    expect(await outcome(llm.embed('d'))).toBe('ok');
    expect(made).toHaveLength(2);
    expect(disposed).toEqual([made[0]]);
  });

  test('a passing 404 is not believed for ever', async () => {
    const server = await machine();
    let isRolling = false;
    const { handler } = server;
    server.handler = Object.assign(
      (request: Request) => (isRolling ? Promise.resolve(new Response('default backend - 404', { status: 404 })) : handler(request)),
      { drain: () => handler.drain() },
    );
    const { llm } = await fallback([server.connect, () => load('tiny-bert-poolings')], { coolDown: 1 });
    expect(await outcome(llm.embed('a'))).toBe('ok');
    isRolling = true;
    expect(await outcome(llm.embed('a'))).toBe('ok');
    isRolling = false;
    await new Promise((resolve) => setTimeout(resolve, 5));
    const before = server.asked;
    expect(await outcome(llm.embed('a'))).toBe('ok');
    expect(server.asked).toBeGreaterThan(before);
  });

  test('a canary that hangs at one method keeps nobody from another, and dispose ends the wait', async () => {
    const llm = (await load('tiny-bert-poolings')) as unknown as PoolingLLM;
    Object.assign(llm, { tokenize: () => new Promise(() => {}) });
    const { llm: either } = await fallback([llm]);
    const stuck = outcome(either.tokenize('a'));
    expect(await outcome(either.embed('a'))).toBe('ok');
    await either.dispose();
    expect(await stuck).toMatch(/^disposed/);
  });
});

describe('The end', () => {
  test('no model is left: the error names all', async () => {
    const server = await machine();
    const { llm, told } = await fallback([server.connect, await failing('tiny-bert-poolings', () => 'device-lost')]);
    server.isUp = false;
    const said = await outcome(llm.embed(texts));
    expect(said).toMatch(
      /^device-lost: No model of withFallback could answer. model 0: rockpool .* cannot be reached .*: fetch failed \| model 1: made up$/,
    );
    expect(told()).toEqual(['0>1 server-error']);
    // One that rests is asked all the same.
    server.isUp = true;
    expect(await llm.embed(texts)).toHaveLength(3);
  });

  test('none can be had: withFallback rejects, and what was promised later is disposed of', async () => {
    const late = deferred<PoolingLLM>();
    const local = await load('tiny-bert-poolings');
    const controller = new AbortController();
    const making = outcome(withFallback([late.promise], { signal: controller.signal }));
    controller.abort();
    expect(await making).toMatch(/^aborted/);
    late.resolve(local);
    await vi.waitFor(async () => expect(await outcome(local.embed('x'))).toMatch(/^disposed/), { timeout: 20_000 });
    expect(await outcome(withFallback([() => LLM.connect('http://127.0.0.1:9', { maxRetries: 0 })]))).toMatch(/^server-error/);
  });

  test('dispose ends all, those too that never answered', async () => {
    const [first, second] = [await load('tiny-bert-poolings'), await load('tiny-bert-poolings')];
    const llm = await withFallback([first, Promise.resolve(second)]);
    const calling = outcome(llm.embed(Array.from({ length: 200 }, (_, i) => `text ${i}`)));
    await new Promise((resolve) => setTimeout(resolve, 5));
    await llm.dispose();
    expect(await calling).toMatch(/^disposed/);
    expect(await outcome(llm.embed('x'))).toMatch(/^disposed/);
    await vi.waitFor(async () => expect(await outcome(first.embed('x'))).toMatch(/^disposed/), { timeout: 20_000 });
    await vi.waitFor(async () => expect(await outcome(second.embed('x'))).toMatch(/^disposed/), { timeout: 20_000 });
  });

  test('one that a function made and that is gone for good is made anew', async () => {
    const made: PoolingLLM[] = [];
    const make = async () => {
      const llm = (await load('tiny-bert-poolings')) as unknown as PoolingLLM;
      made.push(llm);
      return llm;
    };
    const { llm, told } = await fallback([make, () => load('tiny-bert-poolings')], { coolDown: 0 });
    await llm.embed('x');
    await made[0]!.dispose();
    await llm.embed('x');
    await llm.embed('x');
    expect(made).toHaveLength(2);
    expect(told()).toEqual(['0>1 disposed']);
  });

  test('a promise that fails before anybody needs it is no unhandled rejection', async () => {
    const server = await machine();
    const broken = Promise.reject(Object.assign(new Error('no adapter'), { name: 'PoolingError', code: 'webgpu-unavailable' }));
    const { llm } = await fallback([server.connect, broken]);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await llm.embed('x')).toHaveLength(1);
  });
});

function deferred<T>() {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((give) => (resolve = give));
  return { promise, resolve };
}
