/** A server as the facade sees an engine: every call by HTTP. Errors are values, as they are of an engine. */
import { asPoolingError, PoolingError } from '../errors.ts';
import type { EngineApi, EngineEvent, WireResult } from '../wire/protocol.ts';
import { meter, unserved, type RemoteCall, type RemoteContext } from './remote-call.ts';
import { poolCall } from './pool-call.ts';
import { scoreCall } from './score-call.ts';
import { detokenizeCall, tokenizeCall } from './token-calls.ts';

export function remoteClient(context: RemoteContext, emit: (event: EngineEvent) => void): EngineApi {
  const calls = new Map<number, AbortController>();
  const run = async <T>(id: number, total: number, work: (context: RemoteCall) => Promise<T>): Promise<WireResult<T>> => {
    const controller = new AbortController();
    calls.set(id, controller);
    const advance = meter(total, (progress) => emit({ kind: 'call-progress', call: id, progress }));
    try {
      return { ok: true, value: await work({ ...context, signal: controller.signal, advance }) };
    } catch (error) {
      const { code, message, cause } = asPoolingError(error, 'server-error', 'The call failed');
      return { ok: false, error: { code, message, cause: cause === undefined ? null : String(cause), fatal: false } };
    } finally {
      calls.delete(id);
    }
  };
  const fail = (what: string): never => {
    throw unserved(what, context);
  };
  return {
    load: (id) => run(id, 0, () => Promise.reject(new PoolingError('invalid-option', 'A server has its model already.'))),
    pool: (id, request) => run(id, request.prompts.length, (call) => poolCall(request, call)),
    score: (id, request) => run(id, pairInputs(request, context), (call) => scoreCall(request, call)),
    tokenize: (id, request) => run(id, 0, (call) => tokenizeCall(request, call)),
    detokenize: (id, ids) => run(id, 0, (call) => detokenizeCall(ids, call)),
    applyChatTemplate: (id) => run(id, 0, async () => fail('applyChatTemplate')),
    cancel: async (id) => calls.get(id)?.abort(),
    async dispose() {
      for (const controller of calls.values()) controller.abort();
    },
  };
}

/** A cosine needs both sides embedded. */
function pairInputs(
  { queries, documents }: { queries: readonly unknown[]; documents: readonly unknown[] },
  { served }: RemoteContext,
): number {
  return served.score === 'cosine' ? queries.length + documents.length : documents.length;
}
