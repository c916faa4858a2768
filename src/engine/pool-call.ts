/**
 * One call of embed, encode, classify or reward, from prompts to outputs in input order:
 *
 *   prompts ─tokenize─▶ encodings ─chunk─▶ windows ─scheduler: batch, infer, pool─▶ rows ─finish, check, aggregate─▶ outputs
 */
import { PoolingError } from '../errors.ts';
import { offsetsIn } from '../text/prompt-offsets.ts';
import { only, weightedMean, type Aggregate } from '../pipeline/aggregate.ts';
import { chunk } from '../pipeline/chunk.ts';
import type { Encoding } from '../shapes.ts';
import { finishedRows, planOf, type Plan } from '../tasks/plan.ts';
import { paramsOfEach } from '../tasks/pooling-params.ts';
import { checkAllowed, routeFor } from '../tasks/choose-route.ts';
import type { PoolingParams } from '../types.ts';
import type { PoolRequest, PoolResult } from '../wire/protocol.ts';
import { compute, startMeter, type CallContext, type Job } from './compute.ts';
import { settingsOf, tokenizePrompts } from './encode-prompts.ts';
import { chunkOffsets, lateChunks } from './late-chunks.ts';
import { flatIds } from './result-ids.ts';

export async function poolCall(request: PoolRequest, context: CallContext): Promise<PoolResult> {
  const begin = performance.now();
  const { spec } = context;
  const { task } = request;
  checkAllowed(task, context);
  const { route, adapter } = routeFor(request, context);
  const params = paramsOfEach(request.params, request.prompts.length, task);
  const plans = plansOf(params, (each) => planOf(task, route, each, spec, adapter));
  const encodings = await tokenizePrompts(request.prompts, task, request, context);
  for (const { skip } of encodings) if (skip && route.output.rows === 'text') throw cannotSkip(spec.name);
  // Chunks are told by their place in the text, asked for or not.
  const isChunked = params.some(({ late_chunking_params }) => late_chunking_params);
  const offsets = request.offsets || isChunked ? await offsetsOfEach(encodings, request, context) : [];
  for (const [i, { late_chunking_params: late }] of params.entries()) {
    if (!late) continue;
    const encoding = encodings[i]!;
    encoding.chunks = lateChunks(encoding, late, offsets[i] ?? null, `prompts[${i}]`);
    offsets[i] = chunkOffsets(encoding.chunks, offsets[i]!);
  }
  const meter = startMeter(begin);

  // Outputs lie one behind the other in one buffer, which is transferred whole.
  const shapes = encodings.map((encoding, i): [number, number] => [finishedRows(encoding, plans[i]!), plans[i]!.width]);
  const data = new Float32Array(shapes.reduce((sum, [rows, width]) => sum + rows * width, 0));
  const jobs: Job[] = [];
  const aggregates: Aggregate[] = [];
  let at = 0;
  encodings.forEach((encoding, i) => {
    const plan = plans[i]!;
    const [rows, width] = shapes[i]!;
    const out = data.subarray(at, (at += rows * width));
    const windows: Encoding[] = task === 'embed' ? chunk(encoding, spec.maxModelLen) : [encoding];
    const aggregate = windows.length > 1 ? weightedMean(out, plan.normalize) : only(out);
    for (const window of windows)
      jobs.push({ of: `prompts[${i}]`, encoding: window, plan, deliver: (finished) => aggregate.add(finished.data, window.ids.length) });
    aggregates.push(aggregate);
  });
  await compute(jobs, context, meter);
  for (const aggregate of aggregates) aggregate.finish();
  return { data, shapes, ...flatIds(encodings), labels: route.labels, offsets };
}

/** Texts followed to their tokens between two looks at the signal. */
const SLICE = 64;

async function offsetsOfEach(encodings: readonly Encoding[], request: PoolRequest, context: CallContext): Promise<PoolResult['offsets']> {
  const offsets: PoolResult['offsets'] = [];
  const settings = settingsOf(request, context);
  for (const [i, encoding] of encodings.entries()) {
    offsets.push(await offsetsIn(request.prompts[i]!, encoding, settings));
    if (offsets.length % SLICE === 0) await context.pause();
  }
  return offsets;
}

/** Prompts with the same parameters have the same plan. */
function plansOf(params: readonly PoolingParams[], plan: (params: PoolingParams) => Plan): Plan[] {
  const made = new Map<PoolingParams, Plan>();
  return params.map((each) => {
    if (!made.has(each)) made.set(each, plan(each));
    return made.get(each)!;
  });
}

/** A graph that pools has seen the prompt. */
function cannotSkip(name: string): PoolingError {
  return new PoolingError(
    'unsupported-model',
    `The files of "${name}" leave prompts out of pooling (include_prompt: false), and its ONNX graph pools all tokens itself. Use an export with last_hidden_state.`,
  );
}
