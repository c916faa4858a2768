/** A Connection to an engine in this realm. */
import { PoolingError } from '../errors.ts';
import type { LogEntry, ModelInfo } from '../types.ts';
import type { EngineApi, EngineEvent, LoadRequest } from '../wire/protocol.ts';
import { notify, OpenCalls, type CallHooks, type Connection, type EngineClient } from './connection.ts';

export async function connectInProcess(
  makeEngine: (emit: (event: EngineEvent) => void) => EngineApi,
  request: LoadRequest,
  hooks: CallHooks,
  onLog: (entry: LogEntry) => void,
): Promise<Connection> {
  const calls = new OpenCalls();
  let info: ModelInfo | undefined;
  let disposed = false;
  const engine = makeEngine((event) => {
    if (event.kind === 'info') info = event.info;
    else if (event.kind === 'log') notify(onLog, event.entry);
    else calls.dispatch(event);
  });
  const client: EngineClient = {
    load: (id, load) => engine.load(id, load),
    pool: (id, pool) => engine.pool(id, pool),
    score: (id, score) => engine.score(id, score),
    tokenize: (id, tokenize) => engine.tokenize(id, tokenize),
    detokenize: (id, ids) => engine.detokenize(id, ids),
    applyChatTemplate: (id, chat) => engine.applyChatTemplate(id, chat),
    cancel: async (id) => engine.cancel(id),
    dispose: () => engine.dispose(),
  };
  const started = Promise.resolve(client);
  try {
    info = await calls.run(started, (to, id) => to.load(id, request), hooks);
  } catch (error) {
    await engine.dispose();
    throw error;
  }
  return {
    get info() {
      return info!;
    },
    async call(send, callHooks) {
      if (disposed) throw new PoolingError('disposed', 'The LLM was disposed.');
      return calls.run(started, send, callHooks);
    },
    async dispose() {
      if (disposed) return;
      disposed = true;
      calls.failAll(new PoolingError('disposed', 'The LLM was disposed during the call.'));
      await engine.dispose();
    },
  };
}
