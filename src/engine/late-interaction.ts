/** Scores of a late-interaction model: MaxSim between the token rows of queries and documents, of which only the queries' are kept. */
import { maxSim } from '../heads/max-sim.ts';
import type { Encoding, Rows } from '../shapes.ts';
import type { Plan } from '../tasks/plan.ts';
import { planFor } from '../tasks/plan-for.ts';
import type { ScoreResult } from '../wire/protocol.ts';
import { compute, startMeter, type CallContext, type Job } from './compute.ts';
import { tokenizeBoth } from './encode-prompts.ts';
import type { PairRequest } from './pair-request.ts';
import { flatIds, pairIds } from './result-ids.ts';

export async function lateInteraction(request: PairRequest, context: CallContext): Promise<ScoreResult> {
  const begin = performance.now();
  const planOf = (promptName: string | null) => planFor('token_embed', request.params, context, promptName);
  const [forQueries, forDocuments] = [planOf(request.queryPromptName), planOf(request.documentPromptName)];
  const encodings = await tokenizeBoth(request, context);
  const { length } = request.queries;
  const meter = startMeter(begin, encodings.length);
  const queries: Rows[] = [];
  const scores = new Float32Array(request.documents.length);
  const keep = (rows: Rows, i: number) => void (queries[i] = { ...rows, data: rows.data.slice() });
  const score = (rows: Rows, i: number) => void (scores[i] = maxSim(queries[length === 1 ? 0 : i]!, rows));
  await compute(jobsOf('queries', encodings.slice(0, length), forQueries, keep), context, meter);
  await compute(jobsOf('documents', encodings.slice(length), forDocuments, score), context, meter);
  return { scores, ...flatIds(pairIds(encodings, length, context.spec)) };
}

function jobsOf(side: string, encodings: readonly Encoding[], plan: Plan, take: (rows: Rows, i: number) => void): Job[] {
  return encodings.map((encoding, i) => ({ of: `${side}[${i}]`, encoding, plan, deliver: (rows) => take(rows, i) }));
}
