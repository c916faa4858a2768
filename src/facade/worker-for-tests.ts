/** A Worker without a thread: an engine behind comlink on a port, and whatever a test wants to happen to it. */
import { expose } from 'comlink';
import type { EngineApi, EngineEvent, LoadRequest } from '../wire/protocol.ts';
import type { ModelInfo } from '../types.ts';

export class FakeWorker extends EventTarget {
  terminated = 0;
  readonly #outside: MessagePort;
  readonly #inside: MessagePort;

  /** Without an engine, or whatever else it is to answer with, it never does. */
  constructor(engine: object | null) {
    super();
    const { port1, port2 } = new MessageChannel();
    [this.#outside, this.#inside] = [port1, port2];
    port1.onmessage = ({ data }: MessageEvent) => this.dispatchEvent(new MessageEvent('message', { data }));
    if (!engine) return;
    expose(engine, port2);
    port2.postMessage({ kind: 'ready', lock: null });
  }

  postMessage(message: unknown, transfer: Transferable[] = []): void {
    this.#outside.postMessage(message, transfer as never);
  }

  terminate(): void {
    this.terminated++;
    this.#outside.close();
  }

  /** As if it had thrown where nobody catches. */
  fail(message: string): void {
    this.dispatchEvent(Object.assign(new Event('error'), { message }));
  }

  emit(event: EngineEvent): void {
    this.#inside.postMessage(event);
  }
}

/** An engine that loads and answers at once, but for what a test says. */
export function fakeEngine(own: Partial<EngineApi> = {}): EngineApi {
  return {
    load: async () => ({ ok: true, value: { model: 'fake' } as ModelInfo }),
    pool: () => Promise.reject(new Error('not asked for')),
    score: () => Promise.reject(new Error('not asked for')),
    tokenize: async () => ({ ok: true, value: [] }),
    detokenize: async () => ({ ok: true, value: '' }),
    applyChatTemplate: async () => ({ ok: true, value: '' }),
    cancel: async () => {},
    dispose: () => Promise.resolve(),
    ...own,
  };
}

export const fakeRequest = { device: 'wasm' } as LoadRequest;
