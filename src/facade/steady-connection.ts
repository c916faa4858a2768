/**
 * A Connection to an engine that lives as long as it does: one in this realm, or a server. An engine in a worker may die before
 * (worker-connection.ts).
 */
import { PoolingError } from '../errors.ts';
import type { ModelInfo } from '../types.ts';
import type { EngineApi } from '../wire/protocol.ts';
import type { Connection, OpenCalls } from './connection.ts';

export function steadyConnection(engine: EngineApi, calls: OpenCalls, info: () => ModelInfo): Connection {
  const started = Promise.resolve(engine);
  let disposed = false;
  return {
    get info() {
      return info();
    },
    async call(send, hooks) {
      if (disposed) throw new PoolingError('disposed', 'The LLM was disposed.');
      return calls.run(started, send, hooks);
    },
    async dispose() {
      if (disposed) return;
      disposed = true;
      calls.failAll(new PoolingError('disposed', 'The LLM was disposed during the call.'));
      await engine.dispose();
    },
  };
}
