/** Scores of an embedding model: the cosine of the vectors of query and document. */
import { cosine } from '../math.ts';
import { planFor } from '../tasks/plan-for.ts';
import type { ScoreResult } from '../wire/protocol.ts';
import { compute, startMeter, type CallContext, type Job } from './compute.ts';
import { tokenizeBoth } from './encode-prompts.ts';
import type { PairRequest } from './pair-request.ts';
import { flatIds, pairIds } from './result-ids.ts';

export async function cosineScores(request: PairRequest, context: CallContext): Promise<ScoreResult> {
  const begin = performance.now();
  const plans = [request.queryPromptName, request.documentPromptName].map((name) => planFor('embed', request.params, context, name));
  const encodings = await tokenizeBoth(request, context);
  const vectors: Float32Array[] = [];
  const { length } = request.queries;
  const jobs = encodings.map((encoding, i): Job => ({
    of: i < length ? `queries[${i}]` : `documents[${i - length}]`,
    encoding,
    plan: plans[i < length ? 0 : 1]!,
    deliver: ({ data }) => void (vectors[i] = data.slice()),
  }));
  await compute(jobs, context, startMeter(begin));
  const scores = Float32Array.from(request.documents, (_, i) => cosine(vectors[length === 1 ? 0 : i]!, vectors[length + i]!));
  return { scores, ...flatIds(pairIds(encodings, length, context.spec)) };
}
