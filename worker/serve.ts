/** An ORT flavour -> a worker that serves one engine over comlink. */
import { expose, transfer } from 'comlink';
import { Engine, type EngineRuntime } from '../src/engine/engine.ts';
import type { Ort } from '../src/onnx/session.ts';
import { pauseThroughOneChannel } from '../src/pause.ts';
import type { EngineApi, EngineEvent, WorkerReady } from '../src/wire/protocol.ts';
import { configureOrt } from './configure-ort.ts';
import { holdLock } from './hold-lock.ts';

export function serve(ort: Ort, wasmFile: string, webGpu: boolean): void {
  // ORT's threads are workers made from this same script, and have their own messages.
  if (self.name.startsWith('em-pthread')) return;
  const runtime: EngineRuntime = {
    ort: async (request) => configureOrt(ort, wasmFile, request),
    webGpu,
    pause: pauseThroughOneChannel(),
  };
  const engine = new Engine(runtime, (event: EngineEvent) => postMessage(event));
  const api: EngineApi = {
    load: (call, request) => engine.load(call, request),
    async pool(call, request) {
      const result = await engine.pool(call, request);
      return result.ok ? transfer(result, [result.value.data.buffer, result.value.ids.buffer] as ArrayBuffer[]) : result;
    },
    async score(call, request) {
      const result = await engine.score(call, request);
      return result.ok ? transfer(result, [result.value.scores.buffer, result.value.ids.buffer] as ArrayBuffer[]) : result;
    },
    tokenize: (call, request) => engine.tokenize(call, request),
    detokenize: (call, ids) => engine.detokenize(call, ids),
    applyChatTemplate: (call, request) => engine.applyChatTemplate(call, request),
    cancel: (call) => engine.cancel(call),
    dispose: () => engine.dispose(),
  };
  expose(api);
  void holdLock().then((lock) => postMessage({ kind: 'ready', lock } satisfies WorkerReady));
}
