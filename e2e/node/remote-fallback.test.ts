/** withFallback: who answers, who is asked next, what is final, and that results of two models are never mixed. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { LLM as LocalLLM, type LoadOptions } from 'rockpool/edge';
import { LLM, withFallback, type FallbackEvent, type FallbackModel, type FallbackOptions, type PoolingLLM } from 'rockpool/remote';
import { createHandler, type Handler } from 'rockpool/server';
import { fakeServer, outcome } from './remote-server.ts';
import { load } from './tiny-model.ts';

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one[Symbol.asyncDispose]();
});
const keep = <T extends AsyncDisposable>(one: T): T => (open.push(one), one);

const texts = ['the capital of France', 'is Paris', 'running'];
const vectors = (outputs: readonly { outputs: { embedding: Float32Array } }[]) => outputs.map(({ outputs: { embedding } }) => embedding);

/** A server of rockpool's that can be switched off, and its model exchanged. */
class Machine {
  isUp = true;
  asked = 0;
  handler: Handler;

  constructor(llm: LocalLLM) {
    this.handler = createHandler(llm);
  }

  readonly fetch: typeof fetch = async (input, init) => {
    this.asked++;
    if (!this.isUp) throw new TypeError('fetch failed');
    return this.handler(new Request(input, init));
  };

  connect = (): Promise<LLM> => LLM.connect('http://machine.test', { fetch: this.fetch, maxRetries: 0, onLog: () => {} });
}

async function machine(model = 'tiny-bert-poolings'): Promise<Machine> {
  return new Machine(keep(await load(model)));
}

/** An LLM that fails as a test says; else it is the model. */
async function failing(model: string, code: () => string | null): Promise<PoolingLLM> {
  const llm = await load(model);
  for (const method of ['embed', 'classify', 'score', 'tokenize'] as const) {
    const own = llm[method].bind(llm) as (...args: unknown[]) => Promise<never>;
    Object.assign(llm, {
      [method]: (...args: unknown[]) =>
        code() === null ? own(...args) : Promise.reject(Object.assign(new Error('made up'), { name: 'PoolingError', code: code() })),
    });
  }
  return llm as unknown as PoolingLLM;
}

async function fallback(models: readonly FallbackModel[], options: FallbackOptions = {}) {
  const events: FallbackEvent[] = [];
  const llm = keep(await withFallback(models, { onFallback: (event) => events.push(event), ...options }));
  const told = () => events.map(({ from, to, error }) => `${from}>${to} ${(error as { code: string }).code}`);
  return { llm, told };
}

describe('The first that is well answers', () => {
  test('a local model, and the server is never asked', async () => {
    const server = await machine();
    const { llm, told } = await fallback([() => load('tiny-bert-poolings'), server.connect]);
    expect(await llm.embed(texts)).toHaveLength(3);
    expect(llm.info.device).toBe('wasm');
    expect([server.asked, told()]).toEqual([0, []]);
  });

  test('local cannot be loaded: the server answers, the same vectors', async () => {
    const server = await machine();
    const { llm, told } = await fallback([
      () => LocalLLM.load('http://127.0.0.1:9/none', { cache: false, onLog: () => {} }),
      server.connect,
    ]);
    const [there, here] = [vectors(await llm.embed(texts)), vectors(await keep(await load('tiny-bert-poolings')).embed(texts))];
    there.forEach((vector, i) => vector.forEach((value, at) => expect(Math.abs(value - here[i]![at]!)).toBeLessThan(1e-5)));
    expect(llm.info.device).toBe('remote');
    expect(told()).toEqual(['0>1 download-failed']);
  });

  test.each([
    'webgpu-unavailable',
    'runtime-failed',
    'worker-crashed',
    'device-lost',
    'worker-timeout',
    'non-finite-output',
    'server-error',
    'overloaded',
    'unauthorized',
    'disposed',
  ])('local fails with %s: the server answers', async (code) => {
    // prettier-ignore
    const server = await machine();
    let fails: string | null = null;
    const { llm, told } = await fallback([await failing('tiny-bert-poolings', () => fails), server.connect]);
    await llm.embed(texts);
    expect(server.asked).toBe(0);
    fails = code;
    expect(await llm.embed(texts)).toHaveLength(3);
    expect(told()).toEqual([`0>1 ${code}`]);
  });

  test('the server goes away: the local model answers, and the server again when it is back', async () => {
    const server = await machine();
    const { llm, told } = await fallback([server.connect, () => load('tiny-bert-poolings')], { coolDown: 100 });
    await llm.embed(texts);
    expect(llm.info.device).toBe('remote');
    server.isUp = false;
    await llm.embed(texts);
    await llm.embed(texts);
    expect(llm.info.device).toBe('wasm');
    expect(told()).toEqual(['0>1 server-error']);
    server.isUp = true;
    const asked = server.asked;
    await llm.embed(texts);
    expect(server.asked).toBe(asked);
    await new Promise((resolve) => setTimeout(resolve, 120));
    await llm.embed(texts);
    expect(llm.info.device).toBe('remote');
    // The canary again, since another model may have come back, and the call.
    expect(server.asked).toBe(asked + 2);
  });

  test('one that is asked for a task it lacks is well for the others', async () => {
    const server = await machine('tiny-bert-reranker');
    const { llm, told } = await fallback([() => load('tiny-bert-poolings'), server.connect]);
    expect(await llm.classify(texts)).toHaveLength(3);
    expect(await llm.classify(texts)).toHaveLength(3);
    expect(await llm.embed(texts)).toHaveLength(3);
    expect(told()).toEqual(['0>1 unsupported-task']);
  });

  test('all methods go on', async () => {
    const server = await machine('tiny-bert-reranker');
    let fails: string | null = null;
    const { llm } = await fallback([await failing('tiny-bert-reranker', () => fails), server.connect]);
    const before = await llm.rerank('q', texts);
    fails = 'worker-crashed';
    const after = await llm.rerank('q', texts);
    expect(after.map(({ index }) => index)).toEqual(before.map(({ index }) => index));
    expect((await llm.tokenize('running'))[0]!.tokens.length).toBeGreaterThan(0);
    expect((await llm.classify(texts))[0]!.outputs.num_classes).toBe(1);
  });

  test('a stream goes on where the first was lost', async () => {
    const server = await machine();
    let fails: string | null = null;
    const { llm, told } = await fallback([await failing('tiny-bert-poolings', () => fails), server.connect]);
    const many = Array.from({ length: 12 }, (_, i) => `text ${i}`);
    const ids = new Set<string>();
    for await (const { request_id } of llm.embedStream(many, { window: 4 })) {
      ids.add(request_id);
      if (ids.size === 2) fails = 'device-lost';
    }
    expect(ids.size).toBe(12);
    expect(told()).toEqual(['0>1 device-lost']);
  });
});

describe('What is the caller’s doing', () => {
  test.each([
    ['invalid-input', (llm: PoolingLLM) => llm.embed({ prompt_token_ids: [99_999_999] })],
    ['invalid-option', (llm: PoolingLLM) => llm.embed('x', { poolingParams: { activation: true } })],
    ['input-too-long', (llm: PoolingLLM) => llm.embed('word '.repeat(5_000))],
  ])('%s is final', async (code, call) => {
    const server = await machine();
    const { llm, told } = await fallback([() => load('tiny-bert-poolings'), server.connect]);
    await llm.embed('x');
    expect(await outcome(call(llm))).toMatch(new RegExp(`^${code}`));
    expect([server.asked, told()]).toEqual([0, []]);
  });

  test('an abort is, whatever the model is at', async () => {
    const hanging = keep(await fakeServer(() => 'hang'));
    const server = await machine();
    const { llm, told } = await fallback([await failing('tiny-bert-poolings', () => null), server.connect]);
    const controller = new AbortController();
    controller.abort();
    expect(await outcome(llm.embed('x', { signal: controller.signal }))).toMatch(/^aborted/);
    expect(told()).toEqual([]);
    const opening = new AbortController();
    const waiting = outcome(withFallback([() => LLM.connect(hanging.url)], { signal: opening.signal }));
    opening.abort();
    expect(await waiting).toMatch(/^aborted/);
  });

  test.each<[unknown, object]>([
    [[], {}],
    ['llm', {}],
    [[7], {}],
    [[() => Promise.resolve(7)], {}],
    [[() => load('tiny-bert-poolings')], { minCosine: 0 }],
    [[() => load('tiny-bert-poolings')], { minCosine: 2 }],
    [[() => load('tiny-bert-poolings')], { coolDown: -1 }],
    [[() => load('tiny-bert-poolings')], { onFallback: 'x' }],
    [[() => load('tiny-bert-poolings')], { retries: 3 }],
  ])('so are the models %j and the options %j', async (models, options) => {
    expect(await outcome(withFallback(models as FallbackModel[], options))).toMatch(/^invalid-option/);
  });
});

describe('Two models', () => {
  /** Vectors of the same size, and of another meaning. */
  const other: LoadOptions = { overridePoolerConfig: { pooling_type: 'CLS' } };

  test('are not mixed: the second is refused', async () => {
    const server = new Machine(keep(await load('tiny-bert-poolings', other)));
    let fails: string | null = null;
    const { llm } = await fallback([await failing('tiny-bert-poolings', () => fails), server.connect]);
    await llm.embed(texts);
    fails = 'worker-crashed';
    const said = await outcome(llm.embed(texts));
    expect(said).toMatch(
      /^model-mismatch: No model of withFallback could answer. model 0: made up \| model 1: Model 1 of withFallback \("tiny-bert-poolings"\) is not used: .* a cosine of /,
    );
  });

  test('nor is the first, when it comes back as another', async () => {
    const server = await machine();
    const { llm, told } = await fallback([server.connect, () => load('tiny-bert-poolings')], { coolDown: 0 });
    await llm.embed(texts);
    server.isUp = false;
    await llm.embed(texts);
    server.isUp = true;
    server.handler = createHandler(keep(await load('tiny-bert-poolings', other)));
    const outputs = vectors(await llm.embed(texts));
    const own = vectors(await keep(await load('tiny-bert-poolings')).embed(texts));
    expect(outputs).toEqual(own);
    expect(told()).toEqual(['0>1 server-error', '0>1 model-mismatch']);
  });

  test('whose vectors have another length are two: one normalises, the other does not', async () => {
    const server = new Machine(keep(await load('tiny-bert-poolings', { overridePoolerConfig: { normalize: true } })));
    let fails: string | null = null;
    const bare = await load('tiny-bert-poolings', { overridePoolerConfig: { normalize: false } });
    const first = bare as unknown as { embed: (...args: unknown[]) => Promise<never> };
    const own = first.embed.bind(bare);
    first.embed = (...args) => (fails ? Promise.reject(Object.assign(new Error(fails), { code: fails })) : own(...args));
    const { llm } = await fallback([bare, server.connect]);
    await llm.embed(texts);
    fails = 'device-lost';
    expect(await outcome(llm.embed(texts))).toMatch(/^model-mismatch: .*numbers that lie .* of their size apart/);
  });

  test('of scores are compared by their scores', async () => {
    const server = await machine('tiny-xlmr-reranker');
    let fails: string | null = null;
    const { llm } = await fallback([await failing('tiny-bert-reranker', () => fails), server.connect], { minCosine: 0.9999 });
    await llm.score('q', texts);
    fails = 'worker-crashed';
    expect(await outcome(llm.score('q', texts))).toMatch(/^model-mismatch/);
  });

  test('of the same weights agree, and the first’s canary is kept from when it was well', async () => {
    const server = await machine();
    const { llm } = await fallback([server.connect, () => load('tiny-bert-poolings')], { minCosine: 1 });
    await llm.embed(texts);
    server.isUp = false;
    expect(await llm.embed(texts)).toHaveLength(3);
  });
});

describe('The canary is asked as the caller asks', () => {
  test('a head that has to be named, and a template that the model does not have itself', async () => {
    const miniLm = new URL('../../models/all-MiniLM-L6-v2', import.meta.url);
    const sections = new URL('../../models/heads/debian-sections', import.meta.url);
    const { llm } = await fallback([await LocalLLM.load(miniLm, { heads: { a: sections, b: sections }, onLog: () => {} })]);
    const [output] = await llm.classify('a parser', { head: 'a' });
    expect(output!.outputs.num_classes).toBeGreaterThan(1);
    expect(await llm.applyChatTemplate([{ role: 'user', content: 'x' }], { chatTemplate: '{{ messages[0].content }}' })).toBe('x');
    expect(await outcome(llm.classify('a parser'))).toMatch(/^invalid-option: Name the head/);
    expect(await outcome(llm.classify('a parser', { head: 'none' }))).toMatch(/^invalid-option: There is no head/);
  });
});

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
          // The canary has three texts.
          isFirst && [args[0]].flat().length === 1 ? new Promise((_, reject) => fail.push(reject)) : own(...args),
        dispose: () => (disposed.push(llm), dispose()),
      });
      return llm;
    };
    const { llm } = await fallback([make], { coolDown: 0 });
    const calls = ['a', 'b'].map((text) => outcome(llm.embed(text)));
    await vi.waitFor(() => expect(fail).toHaveLength(2));
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
    await vi.waitFor(async () => expect(await outcome(local.embed('x'))).toMatch(/^disposed/));
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
    await vi.waitFor(async () => expect(await outcome(first.embed('x'))).toMatch(/^disposed/));
    await vi.waitFor(async () => expect(await outcome(second.embed('x'))).toMatch(/^disposed/));
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

test('is told by the console unless somebody listens, and is a fetch', async () => {
  const warned = vi.spyOn(console, 'warn').mockImplementation(() => {});
  const server = await machine();
  const llm = keep(await withFallback([() => Promise.reject(new Error('no')), server.connect]));
  expect(warned).toHaveBeenCalledWith(
    expect.stringMatching(/^rockpool: model 0 of withFallback failed, model 1 is asked instead. Error: no$/),
  );
  warned.mockRestore();
  const response = await llm.fetch('http://local/v1/embeddings', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ input: 'x' }),
  });
  expect(response.status).toBe(200);
});

test('over a real socket, where the server’s process goes away', async () => {
  const handler = createHandler(keep(await load('tiny-bert-poolings')));
  const { getRequestListener } = await import('@hono/node-server');
  const server = createServer(getRequestListener((request) => handler(request), { overrideGlobalObjects: false }));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { llm, told } = await fallback([() => LLM.connect(url, { maxRetries: 1 }), () => load('tiny-bert-poolings')]);
  const before = vectors(await llm.embed(texts));
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  const after = vectors(await llm.embed(texts));
  before.forEach((vector, i) => vector.forEach((value, at) => expect(Math.abs(value - after[i]![at]!)).toBeLessThan(1e-5)));
  expect(told()).toEqual(['0>1 server-error']);
});

function deferred<T>() {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((give) => (resolve = give));
  return { promise, resolve };
}
