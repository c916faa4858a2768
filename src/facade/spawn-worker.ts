/** Nothing -> a worker with an engine that answers. */
import type { WorkerOptions } from '../types.ts';
import type { EngineApi, EngineEvent, WirePrompt } from '../wire/protocol.ts';
import { liveWorker, transfer, type LiveWorker, type Remote, type WorkerListeners } from './live-worker.ts';
import { packPrompts } from './pack-prompts.ts';

export interface EngineWorker extends Pick<LiveWorker<EngineApi>, 'end'> {
  /** As `remote` of a LiveWorker. */
  engine: Promise<EngineApi>;
}

/**
 * The literal `new Worker(new URL('./worker.js', import.meta.url), …)` is what bundlers look for, so it has to reach dist/index.js as it
 * stands; worker.js lies beside that file, not beside this one. The second worker has the runtime without WebGPU, which is half as large.
 */
export function defaultWorker(withWebGpu: boolean): Worker {
  return withWebGpu
    ? new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })
    : new Worker(new URL('./worker-wasm.js', import.meta.url), { type: 'module' });
}

export function spawnWorker(
  make: () => Worker,
  { workerTimeout }: WorkerOptions,
  { onEvent, onEnd }: Pick<WorkerListeners, 'onEnd'> & { onEvent(event: EngineEvent): void },
): EngineWorker {
  const onMessage = (data: unknown) => (data as EngineEvent | { kind?: never } | null)?.kind && onEvent(data as EngineEvent);
  const { remote, end } = liveWorker<EngineApi>(make, { onMessage, onEnd }, workerTimeout);
  return { engine: remote.then(client), end };
}

function client(remote: Remote<EngineApi>): EngineApi {
  // Offsets are counted in the text itself, which a packed one no longer is; and what has tokens to count is not long.
  const packed = <Request extends { prompts: readonly WirePrompt[]; offsets: boolean }>(request: Request): Request => {
    if (request.offsets) return request;
    const { prompts, buffers } = packPrompts(request.prompts);
    return transfer({ ...request, prompts }, buffers);
  };
  return {
    load: (call, request) => remote.load(call, request),
    pool: (call, request) => remote.pool(call, packed(request)),
    score: (call, request) => remote.score(call, request),
    tokenize: (call, request) => remote.tokenize(call, packed(request)),
    detokenize: (call, ids) => remote.detokenize(call, ids),
    applyChatTemplate: (call, request) => remote.applyChatTemplate(call, request),
    cancel: (call) => remote.cancel(call),
    dispose: () => remote.dispose(),
  };
}
