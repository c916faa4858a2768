/** What the tests of withFallback put behind it: models that fail as they say, and servers of rockpool's that can be switched off. */
import type { LLM as LocalLLM, LoadOptions } from 'rockpool/edge';
import { LLM, withFallback, type FallbackEvent, type FallbackModel, type FallbackOptions, type PoolingLLM } from 'rockpool/remote';
import { createHandler, type Handler } from 'rockpool/server';
import { keep } from './remote-connections.ts';
import { load } from './tiny-model.ts';

export const texts = ['the capital of France', 'is Paris', 'running'];

export const vectors = (outputs: readonly { outputs: { embedding: Float32Array } }[]) =>
  outputs.map(({ outputs: { embedding } }) => embedding);

/** A server of rockpool's that can be switched off, and its model exchanged. */
export class Machine {
  isUp = true;
  /** Takes requests, and answers none. */
  hangs = false;
  asked = 0;
  handler: Handler;

  constructor(llm: LocalLLM) {
    this.handler = createHandler(llm);
  }

  readonly fetch: typeof fetch = async (input, init) => {
    this.asked++;
    if (!this.isUp) throw new TypeError('fetch failed');
    if (this.hangs) return new Promise((_, reject) => init?.signal?.addEventListener('abort', () => reject(new TypeError('aborted'))));
    return this.handler(new Request(input, init));
  };

  connect = (): Promise<LLM> => LLM.connect('http://machine.test', { fetch: this.fetch, maxRetries: 0, onLog: () => {} });
}

export async function machine(model = 'tiny-bert-poolings'): Promise<Machine> {
  return new Machine(keep(await load(model)));
}

/** An LLM that fails as a test says; else it is the model. */
export async function failing(model: string, code: () => string | null, options: LoadOptions = {}): Promise<PoolingLLM> {
  const llm = await load(model, options);
  for (const method of ['embed', 'tokenEmbed', 'classify', 'score', 'tokenize'] as const) {
    const own = llm[method].bind(llm) as (...args: unknown[]) => Promise<never>;
    Object.assign(llm, {
      [method]: (...args: unknown[]) =>
        code() === null ? own(...args) : Promise.reject(Object.assign(new Error('made up'), { name: 'PoolingError', code: code() })),
    });
  }
  return llm as unknown as PoolingLLM;
}

export async function fallback(models: readonly FallbackModel[], options: FallbackOptions = {}) {
  const events: FallbackEvent[] = [];
  const llm = keep(await withFallback(models, { onFallback: (event) => events.push(event), ...options }));
  const told = () => events.map(({ from, to, error }) => `${from}>${to} ${(error as { code: string }).code}`);
  return { llm, told };
}
