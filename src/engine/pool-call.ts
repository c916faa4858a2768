/**
 * One call of embed or encode, from prompts to outputs in input order:
 *
 *   prompts ─tokenize─▶ encodings ─chunk─▶ windows ─scheduler: batch, infer, pool─▶ rows ─check, aggregate─▶ outputs
 */
import { checkDimensions } from '../model/matryoshka.ts';
import { checkEmbeds, type ModelSpec } from '../model/model-spec.ts';
import type { TextTokenizer } from '../model/tokenizer.ts';
import { only, weightedMean } from '../pipeline/aggregate.ts';
import { checkRows } from '../pipeline/check-rows.ts';
import { chunk, chunkLogLines } from '../pipeline/chunk.ts';
import { needsChunks } from '../pipeline/limits.ts';
import type { Pause } from '../pause.ts';
import { tokenizeAll } from '../pipeline/tokenize.ts';
import { resolveTruncation } from '../pipeline/truncate.ts';
import type { Encoding, PoolSpec } from '../shapes.ts';
import type { CallProgress, PoolingParams } from '../types.ts';
import type { PoolRequest, PoolResult } from '../wire/protocol.ts';
import type { Scheduler, Work } from './scheduler.ts';

export interface PoolCallContext {
  spec: ModelSpec;
  tokenizer: TextTokenizer;
  scheduler: Scheduler;
  pause: Pause;
  signal: AbortSignal;
  log(message: string): void;
  progress(progress: CallProgress): void;
}

export async function poolCall(request: PoolRequest, context: PoolCallContext): Promise<PoolResult> {
  const begin = performance.now();
  const { spec, scheduler, signal } = context;
  if (request.task === 'embed') checkEmbeds(spec);
  const poolSpecs = request.prompts.map((_, i) => poolSpecOf(request, paramsOf(request, i), spec));
  const encodings = await tokenizePrompts(request, context);
  const tokenized = performance.now();

  // Outputs lie one behind the other in one buffer, which is transferred whole.
  const shapes = encodings.map(({ ids }, i): [number, number] => [request.task === 'encode' ? ids.length : 1, poolSpecs[i]!.dimensions]);
  const data = new Float32Array(shapes.reduce((sum, [rows, dimensions]) => sum + rows * dimensions, 0));
  const work: Work[] = [];
  const finishers: (() => void)[] = [];
  let at = 0;
  encodings.forEach((encoding, i) => {
    const [rows, dimensions] = shapes[i]!;
    const windows = chunk(encoding, spec.maxModelLen);
    const poolSpec = poolSpecs[i]!;
    const out = data.subarray(at, (at += rows * dimensions));
    const aggregate = windows.length > 1 ? weightedMean(out, poolSpec.normalize) : only(out);
    for (const window of windows) {
      const deliver = (values: Float32Array) => {
        checkRows({ data: values, rows: values.length / dimensions, dimensions }, poolSpec);
        aggregate.add(values, window.ids.length);
      };
      work.push({ ...window, spec: poolSpec, deliver });
    }
    finishers.push(aggregate.finish);
  });

  const progress: CallProgress = {
    done: 0,
    total: work.length,
    tokens: 0,
    timings: { tokenize: tokenized - begin, queue: 0, infer: 0, pool: 0, total: 0 },
  };
  await scheduler.submit(work, signal, ({ infer, pool, windows, tokens }) => {
    const { timings } = progress;
    progress.done += windows;
    progress.tokens += tokens;
    timings.infer += infer;
    timings.pool += pool;
    timings.total = performance.now() - begin;
    timings.queue = Math.max(0, timings.total - timings.tokenize - timings.infer - timings.pool);
    context.progress({ ...progress, timings: { ...timings } });
  });
  for (const finish of finishers) finish();
  return { data, shapes, ...flatIds(encodings) };
}

async function tokenizePrompts(request: PoolRequest, { spec, tokenizer, pause, signal, log }: PoolCallContext): Promise<Encoding[]> {
  const truncation = resolveTruncation(request.truncatePromptTokens, request.truncationSide, spec.maxModelLen);
  const { vocabSize, doLowerCase } = spec;
  const encodings: Encoding[] = [];
  const settings = { tokenizer, vocabSize, doLowerCase, addSpecialTokens: true, truncation, pause, signal };
  for await (const encoding of tokenizeAll(request.prompts, settings)) {
    const { length } = encoding.ids;
    if (needsChunks(length, request.task, spec)) for (const line of chunkLogLines(length, spec.maxModelLen)) log(line);
    encodings.push(encoding);
  }
  return encodings;
}

function paramsOf({ params }: PoolRequest, index: number): PoolingParams {
  return Array.isArray(params) ? (params as readonly PoolingParams[])[index]! : (params as PoolingParams);
}

/** Request, then pooler configuration, then the task's default. `encode` gives the states as they are: one row a token, whole, unless asked otherwise. */
function poolSpecOf({ task }: PoolRequest, params: PoolingParams, spec: ModelSpec): PoolSpec {
  const asked = params.dimensions ?? null;
  if (asked !== null) checkDimensions(spec, asked);
  if (task === 'encode') return { type: 'ALL', dimensions: asked ?? spec.hiddenSize, normalize: params.normalize ?? false };
  return {
    type: spec.pooler.pooling_type,
    dimensions: asked ?? spec.defaultDimensions ?? spec.hiddenSize,
    normalize: params.normalize ?? spec.pooler.normalize,
  };
}

function flatIds(encodings: readonly Encoding[]): Pick<PoolResult, 'ids' | 'idCounts'> {
  const idCounts = encodings.map(({ ids }) => ids.length);
  // A book is one encoding, and need not be copied.
  const first = encodings[0]?.ids;
  if (first && encodings.length === 1 && first.byteLength === first.buffer.byteLength) return { ids: first, idCounts };
  const ids = new Int32Array(idCounts.reduce((sum, count) => sum + count, 0));
  let at = 0;
  for (const encoding of encodings) {
    ids.set(encoding.ids, at);
    at += encoding.ids.length;
  }
  return { ids, idCounts };
}
