/** An ORT flavour -> a worker that serves one engine over comlink. */
import { expose, transfer } from 'comlink';
import { Engine } from '../src/engine/engine.ts';
import type { Ort } from '../src/model/session.ts';
import type { EngineEvent, WorkerApi } from '../src/wire/protocol.ts';
import { configureOrt } from './configure-ort.ts';

export function serve(ort: Ort, wasmFile: string): void {
  // ORT's threads are workers made from this same script, and have their own messages.
  if (self.name.startsWith('em-pthread')) return;
  let events: MessagePort;
  const engine = new Engine(
    { ort: async (request) => configureOrt(ort, wasmFile, request) },
    (event: EngineEvent) => events.postMessage(event),
  );
  const api: WorkerApi = {
    start(port, lock) {
      events = port;
      return holdForLife(lock);
    },
    load: (call, request) => engine.load(call, request),
    async pool(call, request) {
      const result = await engine.pool(call, request);
      return result.ok ? transfer(result, [result.value.data.buffer, result.value.ids.buffer] as ArrayBuffer[]) : result;
    },
    tokenize: (call, request) => engine.tokenize(call, request),
    cancel: (call) => engine.cancel(call),
    dispose: () => engine.dispose(),
  };
  expose(api);
}

/** Resolves once the lock is held; it is given back when this worker is gone. Without locks, at once. */
function holdForLife(lock: string): Promise<void> {
  if (!navigator.locks) return Promise.resolve();
  return new Promise((held) => {
    void navigator.locks.request(lock, () => {
      held();
      return new Promise(() => {});
    });
  });
}
