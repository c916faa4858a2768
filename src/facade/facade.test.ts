import { describe, expect, test, vi } from 'vitest';
import type { LoadOptions, ModelInfo, WorkerOptions } from '../types.ts';
import type { EngineApi, LoadRequest, PoolRequest } from '../wire/protocol.ts';
import { embedStream } from './embed-stream.ts';
import { connectInProcess } from './in-process.ts';
import { PoolingLLM } from './llm.ts';
import { describeSource, readLoadOptions } from './load-request.ts';
import { readOptions } from './options.ts';
import { asPrompts } from './prompts.ts';

describe('prompts', () => {
  test.each([
    ['text', ['text']],
    ['', ['']],
    [[], []],
    [
      ['a', 'b'],
      ['a', 'b'],
    ],
    [[1, 2], [{ prompt_token_ids: [1, 2] }]],
    [
      [[1, 2], [3]],
      [{ prompt_token_ids: [1, 2] }, { prompt_token_ids: [3] }],
    ],
    [{ prompt: 'a' }, [{ prompt: 'a' }]],
    [{ prompt_token_ids: [1] }, [{ prompt_token_ids: [1] }]],
    [
      [{ prompt: 'a' }, 'b', [1]],
      [{ prompt: 'a' }, 'b', { prompt_token_ids: [1] }],
    ],
    [{ prompt: 'a', prompt_token_ids: [1] }, [{ prompt_token_ids: [1] }]],
    [{ prompt: 'a', multi_modal_data: null, extra: undefined }, [{ prompt: 'a' }]],
    [Int32Array.of(1, 2), [{ prompt_token_ids: Int32Array.of(1, 2) }]],
  ])('%j is taken', (input, prompts) => expect(asPrompts(input as never)).toEqual(prompts));

  test.each([
    [null],
    [undefined],
    [5],
    [[null]],
    [['a', 5]],
    [{}],
    [{ prompt: 5 }],
    [{ prompt_token_ids: 'a' }],
    [new DataView(new ArrayBuffer(4))],
    [Array.from({ length: 2 })],
  ])('refuses %s', (input) => {
    expect(() => asPrompts(input as never)).toThrow('prompt must be a string, array of strings, array of tokens, or array of token arrays');
  });
});

describe('a prompt with a field that is not known', () => {
  test.each([[{ prompt: 'a', multi_modal_data: { image: 'cat.png' } }], [['b', { prompt_token_ids: [1], multi_modal_data: {} }]]])(
    'is refused, not embedded without it: %j',
    (input) => {
      expect(() => asPrompts(input as never)).toThrow(
        expect.objectContaining({
          code: 'invalid-input',
          message: 'A prompt has no field "multi_modal_data" here. It takes: prompt, prompt_token_ids.',
        }),
      );
    },
  );
});

describe('options', () => {
  test('both spellings are the same option', () => {
    expect(readOptions<{ aB?: number }>({ a_b: 1 }, ['aB'], 'x')).toEqual({ aB: 1 });
  });
  test('an unknown option is refused with the list of known ones', () => {
    expect(() => readOptions<{ aB?: number }>({ aC: 1 } as never, ['aB'], 'embed')).toThrow('embed has no option "aC". It takes: aB.');
  });
});

test.each([[0], [-1], [NaN]])('an option out of its range is refused, and said: %d', (workerTimeout) => {
  expect(() => readLoadOptions<LoadOptions & WorkerOptions>({ workerTimeout }, ['workerTimeout'])).toThrow(
    `The option workerTimeout of LLM.load must be a number of milliseconds above 0, got ${workerTimeout}.`,
  );
});

describe('sources', () => {
  const at = (model: string, base: string | null = 'https://site.example/app/page.html') => describeSource(model, undefined, base);
  test('org/name is a folder beside the page, or a repository on the hub', () => {
    expect(at('models/mini')).toEqual({
      name: 'models/mini',
      source: {
        kind: 'hub',
        id: 'models/mini',
        local: 'https://site.example/app/models/mini/',
        base: 'https://huggingface.co',
        revision: 'main',
      },
    });
    expect(describeSource('a/b', { base: 'https://mirror.example/', revision: 'v2' }, null).source).toMatchObject({
      base: 'https://mirror.example/',
      revision: 'v2',
      local: null,
    });
  });
  test('anything with a scheme, a leading dot or slash, or more parts is a URL', () => {
    expect(at('./mini').source).toEqual({ kind: 'url', base: 'https://site.example/app/mini/' });
    expect(at('/m/').source).toEqual({ kind: 'url', base: 'https://site.example/m/' });
    expect(at('a/b/c').source).toEqual({ kind: 'url', base: 'https://site.example/app/a/b/c/' });
    expect(at('https://cdn.example/x', null)).toEqual({ name: 'x', source: { kind: 'url', base: 'https://cdn.example/x/' } });
  });
  test.each([[1n], [5], [null], [Symbol.iterator]])('what is no model is refused, whatever it is: %s', (model) => {
    const text = 'LLM.load takes the URL of a model folder, a hub id, or a folder the user picked, got ';
    expect(() => at(model as never)).toThrow(expect.objectContaining({ code: 'invalid-option', message: expect.stringContaining(text) }));
  });
  test.each([
    [1n, '1n'],
    ['gpu', '"gpu"'],
  ])('a device that is none is refused: %s', (device, got) => {
    expect(() => readLoadOptions({ device: device as never }, [])).toThrow(
      expect.objectContaining({ code: 'invalid-option', message: `device must be "auto", "webgpu" or "wasm", got ${got}.` }),
    );
  });
  test('a relative URL without a page, and an empty one, are refused', () => {
    expect(() => at('./mini', null)).toThrow(expect.objectContaining({ code: 'invalid-option' }));
    expect(() => at('')).toThrow(expect.objectContaining({ code: 'invalid-option' }));
  });
});

/** An engine that answers every prompt with its index, or does what a test says. */
async function llmOver(pool?: EngineApi['pool'], signal?: AbortSignal) {
  const cancelled: number[] = [];
  const engine: EngineApi = {
    load: () => Promise.resolve({ ok: true, value: { model: 'fake' } as ModelInfo }),
    pool:
      pool ??
      ((_, { prompts }: PoolRequest) =>
        Promise.resolve({
          ok: true,
          value: {
            data: Float32Array.from(prompts, (_p, i) => i),
            shapes: prompts.map((): [number, number] => [1, 1]),
            ids: new Int32Array(prompts.length),
            idCounts: prompts.map(() => 1),
            labels: null,
            offsets: [],
          },
        })),
    score: () => Promise.reject(new Error('not asked for')),
    tokenize: () => Promise.resolve({ ok: true, value: [] }),
    detokenize: () => Promise.resolve({ ok: true, value: '' }),
    applyChatTemplate: () => Promise.resolve({ ok: true, value: '' }),
    cancel: async (id) => void cancelled.push(id),
    dispose: () => Promise.resolve(),
  };
  const connection = await connectInProcess(
    () => engine,
    {} as LoadRequest,
    { signal },
    () => {},
  );
  return { llm: new PoolingLLM(connection), cancelled };
}

describe('LLM', () => {
  test('outputs are in input order, with a buffer and a request id of their own', async () => {
    const { llm } = await llmOver();
    const outputs = await llm.embed(['a', 'b', 'c']);
    expect(outputs.map(({ outputs: { embedding } }) => [...embedding])).toEqual([[0], [1], [2]]);
    expect(outputs.map(({ request_id }) => request_id)).toEqual(['0', '1', '2']);
    expect(new Set(outputs.map(({ outputs: { embedding } }) => embedding.buffer)).size).toBe(3);
  });

  test('an abort rejects at once and tells the engine', async () => {
    const { llm, cancelled } = await llmOver(() => new Promise(() => {}));
    const controller = new AbortController();
    const call = llm.embed('a', { signal: controller.signal });
    controller.abort('why');
    await expect(call).rejects.toMatchObject({ code: 'aborted', cause: 'why' });
    expect(cancelled).toHaveLength(1);
    await expect(llm.embed('a', { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'aborted' });
  });

  test('the signal of the load means nothing to calls once the load is done', async () => {
    const controller = new AbortController();
    const { llm, cancelled } = await llmOver(undefined, controller.signal);
    const during = llm.embed('a');
    controller.abort();
    expect(await during).toHaveLength(1);
    expect(await llm.embed('a')).toHaveLength(1);
    expect(cancelled).toEqual([]);
  });

  test('a signal that many calls share keeps no listener of theirs', async () => {
    const { llm } = await llmOver();
    const { signal } = new AbortController();
    const added = vi.spyOn(signal, 'addEventListener');
    const removed = vi.spyOn(signal, 'removeEventListener');
    for (let i = 0; i < 100; i++) await llm.embed('a', { signal });
    expect(added).toHaveBeenCalledTimes(100);
    expect(removed.mock.calls.map(([, listener]) => listener)).toEqual(added.mock.calls.map(([, listener]) => listener));
  });

  test('dispose settles the calls under way and refuses later ones', async () => {
    const { llm } = await llmOver(() => new Promise(() => {}));
    const call = llm.embed('a');
    const settled = expect(call).rejects.toMatchObject({ code: 'disposed' });
    await llm.dispose();
    await llm[Symbol.asyncDispose]();
    await settled;
    await expect(llm.embed('a')).rejects.toMatchObject({ code: 'disposed' });
  });

  test.each([
    [5, 'The options of embed must be an object, got number.'],
    [{ batchSize: 3 }, 'embed has no option "batchSize"'],
    [{ signal: 5 }, 'The option signal of embed must be an AbortSignal, got 5.'],
    [{ onProgress: 5 }, 'The option onProgress of embed must be a function'],
  ])('refuses %j', async (options, message) => {
    const { llm } = await llmOver();
    await expect(llm.embed('a', options as never)).rejects.toThrow(message);
  });
});

describe('embedStream', () => {
  const echo = async (group: unknown[]) => group;

  test('gives outputs in order, across groups', async () => {
    const source = Array.from({ length: 10 }, (_, i) => String(i));
    const got: unknown[] = [];
    for await (const output of embedStream(source, 3, echo)) got.push(output);
    expect(got).toEqual(source);
  });

  test('never reads more than two groups ahead of the consumer', async () => {
    let read = 0;
    function* endless() {
      for (;;) yield String(read++);
    }
    const stream = embedStream(endless(), 4, echo);
    for (let i = 0; i < 20; i++) {
      await stream.next();
      await new Promise((resolve) => setTimeout(resolve, 0));
      expect(read).toBeLessThanOrEqual(i + 1 + 8);
    }
    await stream.return();
  });

  test('a slow source does not hold back what is done', async () => {
    async function* slow() {
      yield 'a';
      yield 'b';
      await new Promise(() => {});
      yield 'c';
    }
    const stream = embedStream(slow(), 2, echo);
    expect((await stream.next()).value).toBe('a');
    expect((await stream.next()).value).toBe('b');
  });

  test('leaving the loop ends the source and aborts what is under way', async () => {
    const closed = vi.fn();
    function* source() {
      try {
        for (;;) yield 'x';
      } finally {
        closed();
      }
    }
    const signals: AbortSignal[] = [];
    for await (const _ of embedStream(source(), 1, async (group, signal) => (signals.push(signal), group))) break;
    expect(closed).toHaveBeenCalledOnce();
    expect(signals.at(-1)?.aborted).toBe(true);
  });

  test('an abort is heard while the source is silent', async () => {
    const source = { [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }) };
    const stream = embedStream(source, 1, echo, AbortSignal.timeout(20));
    await expect(stream.next()).rejects.toMatchObject({ code: 'aborted' });
  });

  test('an error of the embedding or of the source reaches the consumer', async () => {
    const failing = embedStream(['a'], 1, () => Promise.reject(new Error('no')));
    await expect(failing.next()).rejects.toThrow('no');
    const next = () => {
      throw new Error('source');
    };
    const broken = embedStream({ [Symbol.iterator]: () => ({ next }) }, 1, echo);
    await expect(broken.next()).rejects.toThrow('source');
  });
});
