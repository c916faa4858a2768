/** Scores of a late-interaction model: MaxSim between the token rows of queries and documents, of which only the queries' are kept. */
import { maxSim } from '../heads/max-sim.ts';
import type { Rows } from '../shapes.ts';
import { planOf } from '../tasks/plan.ts';
import { serve } from '../tasks/serve.ts';
import type { ScoreResult } from '../wire/protocol.ts';
import { compute, startMeter, type CallContext } from './compute.ts';
import type { PairRequest } from './pair-request.ts';
import { flatIds, pairIds, tokenizeBoth } from './tokenize-call.ts';

export async function lateInteraction(request: PairRequest, context: CallContext): Promise<ScoreResult> {
  const begin = performance.now();
  const { spec } = context;
  const { route, adapter } = serve({ task: 'token_embed', head: null, promptName: null }, context);
  const plan = planOf('token_embed', route, request.params, spec, adapter);
  const encodings = await tokenizeBoth(request, context);
  const { length } = request.queries;
  const meter = startMeter(begin, encodings.length);
  const queries: Rows[] = [];
  const keep = (rows: Rows, i: number) => void (queries[i] = { ...rows, data: rows.data.slice() });
  await compute(
    encodings.slice(0, length).map((encoding, i) => ({ encoding, plan, deliver: (rows) => keep(rows, i) })),
    context,
    meter,
  );
  const scores = new Float32Array(request.documents.length);
  const score = (rows: Rows, i: number) => void (scores[i] = maxSim(queries[length === 1 ? 0 : i]!, rows));
  await compute(
    encodings.slice(length).map((encoding, i) => ({ encoding, plan, deliver: (rows) => score(rows, i) })),
    context,
    meter,
  );
  return { scores, ...flatIds(pairIds(encodings, length, spec.hasPadToken ? spec.padTokenId : null)) };
}
