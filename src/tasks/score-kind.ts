/** How a model scores a pair of texts: as a cross-encoder, by late interaction, or by the cosine of two embeddings. Null: it cannot. */
import type { ModelSpec } from '../model/model-spec.ts';
import type { Route, Routes } from './route.ts';

export type ScoreKind = 'cross-encoder' | 'late-interaction' | 'cosine';

export function scoreKind(routes: Routes, spec: Pick<ModelSpec, 'lateInteraction'>): ScoreKind | null {
  if (routes.classify) return routes.classify.width === 1 ? 'cross-encoder' : null;
  if (spec.lateInteraction && routes.token_embed) return 'late-interaction';
  return routes.embed && givesOneRow(routes.embed) ? 'cosine' : null;
}

/** An embedding is one row, and a model may be pooled by ALL or STEP. */
export function givesOneRow({ types, output }: Route): boolean {
  return output.rows === 'text' || types.every((type) => type !== 'ALL' && type !== 'STEP');
}
