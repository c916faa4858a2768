/** A Connection to an engine in this realm. */
import type { LogEntry, ModelInfo } from '../types.ts';
import type { EngineApi, EngineEvent, LoadRequest } from '../wire/protocol.ts';
import { OpenCalls, type CallHooks, type Connection } from './connection.ts';
import { notify } from './listeners.ts';
import { steadyConnection } from './steady-connection.ts';

export async function connectInProcess(
  makeEngine: (emit: (event: EngineEvent) => void) => EngineApi,
  request: LoadRequest,
  hooks: CallHooks,
  onLog: (entry: LogEntry) => void,
): Promise<Connection> {
  const calls = new OpenCalls();
  let info: ModelInfo | undefined;
  const engine = makeEngine((event) => {
    if (event.kind === 'info') info = event.info;
    else if (event.kind === 'log') notify(onLog, event.entry);
    else calls.dispatch(event);
  });
  try {
    info = await calls.run(Promise.resolve(engine), (to, id) => to.load(id, request), hooks);
  } catch (error) {
    await engine.dispose();
    throw error;
  }
  return steadyConnection(engine, calls, () => info!);
}
