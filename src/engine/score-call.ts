/** One call of score: pairs of texts to one number each, in the order of the documents. */
import { PoolingError } from '../errors.ts';
import { unsupportedParams } from '../tasks/pooling-params.ts';
import { scoreKind } from '../tasks/score-kind.ts';
import { checkAllowed, unserved } from '../tasks/choose-route.ts';
import type { Task } from '../types.ts';
import type { ScoreRequest, ScoreResult } from '../wire/protocol.ts';
import type { CallContext } from './compute.ts';
import { cosineScores } from './cosine-scores.ts';
import { crossEncode } from './cross-encode.ts';
import { lateInteraction } from './late-interaction.ts';
import { readPairRequest, type PairRequest } from './pair-request.ts';

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
      return cosineScores(request, context);
    default:
      if (routes.classify) throw new PoolingError('unsupported-task', 'Score API is only enabled for num_labels == 1.');
      throw unserved('score', context);
  }
}

/** The parameters of cross-encoders say nothing here, and a caller who set one would think they did. */
function checkEmbeddingRequest(request: PairRequest, task: Task): void {
  const { params, instruction, chatTemplate, chatTemplateKwargs, longDocuments } = request;
  if ((params.activation ?? null) !== null) throw unsupportedParams(task, ['dimensions', 'normalize'], ['activation']);
  const kwargs = Object.keys(chatTemplateKwargs).length > 0 ? chatTemplateKwargs : null;
  const given = Object.entries({ instruction, chatTemplate, chatTemplateKwargs: kwargs, longDocuments }).filter(
    ([, value]) => value !== null,
  );
  if (given.length === 0) return;
  const names = given.map(([name]) => name).join(', ');
  throw new PoolingError('invalid-option', `${names}: only for cross-encoders, and this model scores by comparing embeddings.`);
}
