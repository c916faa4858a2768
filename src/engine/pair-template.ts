/** A model and a call -> the template of its pairs, if it has one and the texts do not carry it already. */
import { knownTemplate, styleOf, type KnownTemplate } from '../text/score-template.ts';
import type { CallContext } from './compute.ts';
import type { PairRequest } from './pair-request.ts';

/** Of the model's files, if it carries a pair, or else the one that models of its name were trained with. */
export async function ownTemplate({ spec, log }: CallContext): Promise<KnownTemplate | null> {
  const { scoreTemplate, sourceName, architecture, prompts, defaultPromptName } = spec;
  const style = scoreTemplate === null ? null : await styleOf(scoreTemplate);
  if (style !== null) {
    const prompt = defaultPromptName === null ? undefined : prompts[defaultPromptName];
    return { template: scoreTemplate!, style, ...(prompt && { instruction: prompt }) };
  }
  if (scoreTemplate !== null)
    log('warning', `The chat template of "${spec.name}" has no place for a query and a document, and is not used.`);
  return knownTemplate(sourceName, architecture);
}

/** Null if the caller's queries begin as the template does: vLLM 0.10 has no templates, and its callers write them into the texts. */
export function unwritten(own: KnownTemplate | null, { queries }: PairRequest): KnownTemplate | null {
  if (!own) return null;
  const start = own.template.slice(0, Math.max(0, own.template.indexOf('{')));
  const isWritten = queries.every((query) => typeof query === 'string' && start !== '' && query.startsWith(start));
  return isWritten ? null : own;
}
