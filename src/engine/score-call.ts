/** One call of score: pairs of texts to one number each, in the order of the documents. */
import { cosine } from '../math.ts';
import { PoolingError } from '../errors.ts';
import { planOf } from '../tasks/plan.ts';
import { scoreKind } from '../tasks/score-kind.ts';
import { checkAllowed, serve, unserved } from '../tasks/serve.ts';
import type { ScoreRequest, ScoreResult } from '../wire/protocol.ts';
import { compute, startMeter, type CallContext } from './compute.ts';
import { crossEncode } from './cross-encode.ts';
import { lateInteraction } from './late-interaction.ts';
import { readPairRequest, type PairRequest } from './pair-request.ts';
import { flatIds, pairIds, tokenizeBoth } from './tokenize-call.ts';

export async function scoreCall(given: ScoreRequest, context: CallContext): Promise<ScoreResult> {
  const { routes, spec } = context;
  checkAllowed('score', context);
  const request = readPairRequest(given, spec.maxModelLen);
  switch (scoreKind(routes, spec)) {
    case 'cross-encoder':
      return crossEncode(request, context);
    case 'late-interaction':
      checkEmbeddingRequest(request, 'token_embed');
      return lateInteraction(request, context);
    case 'cosine':
      checkEmbeddingRequest(request, 'embed');
      return cosineOfEmbeddings(request, context);
    default:
      if (routes.classify) throw new PoolingError('unsupported-task', 'Score API is only enabled for num_labels == 1.');
      throw unserved('score', context);
  }
}

async function cosineOfEmbeddings(request: PairRequest, context: CallContext): Promise<ScoreResult> {
  const begin = performance.now();
  const { spec } = context;
  const { route, adapter } = serve({ task: 'embed', head: null, promptName: null }, context);
  const plan = planOf('embed', route, request.params, spec, adapter);
  const encodings = await tokenizeBoth(request, context);
  const vectors: Float32Array[] = [];
  const jobs = encodings.map((encoding, i) => ({
    encoding,
    plan,
    deliver: ({ data }: { data: Float32Array }) => void (vectors[i] = data.slice()),
  }));
  await compute(jobs, context, startMeter(begin));
  const { length } = request.queries;
  const scores = Float32Array.from(request.documents, (_, i) => cosine(vectors[length === 1 ? 0 : i]!, vectors[length + i]!));
  return { scores, ...flatIds(pairIds(encodings, length, context.spec.hasPadToken ? spec.padTokenId : null)) };
}

/** The parameters of cross-encoders say nothing here, and a caller who set one would think they did. */
function checkEmbeddingRequest({ params, instruction, chatTemplate, longDocuments }: PairRequest, task: string): void {
  if ((params.activation ?? null) !== null) {
    throw new PoolingError(
      'invalid-option',
      `Task ${task} only supports ['dimensions', 'normalize'] parameters, does not support ['activation'] parameters`,
    );
  }
  const given = Object.entries({ instruction, chatTemplate, longDocuments }).filter(([, value]) => value !== null);
  if (given.length === 0) return;
  const names = given.map(([name]) => name).join(', ');
  throw new PoolingError('invalid-option', `${names}: only for cross-encoders, and this model scores by comparing embeddings.`);
}
