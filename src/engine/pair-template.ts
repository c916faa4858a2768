/** A model and a call -> the template of its pairs, if it has one and the texts do not carry it already. */
import { PoolingError } from '../errors.ts';
import { knownTemplate, styleOf, type KnownTemplate } from '../text/score-template.ts';
import type { WirePrompt } from '../wire/protocol.ts';
import type { CallContext } from './compute.ts';
import type { PairRequest } from './pair-request.ts';

/** Of the model's files, if it carries a pair, or else the one that models of its name were trained with. */
export async function ownTemplate({ spec, log }: CallContext): Promise<KnownTemplate | null> {
  const { name, scoreTemplate, sourceName, architecture, prompts, defaultPromptName } = spec;
  const known = knownTemplate(sourceName, architecture);
  if (scoreTemplate === null) return known;
  const { source, variables } = scoreTemplate;
  // Chat templates refuse what they do not know: with another one at hand, that is no more than not to be meant.
  const style = await styleOf(source, variables).catch((error: unknown) => {
    if (known) return null;
    throw new PoolingError(
      'unsupported-model',
      `The chat template in the files of "${name}" does not take a query and a document (${(error as Error).message}). Pass the model's prompt as \`chatTemplate\`.`,
      { cause: error },
    );
  });
  if (style === null) {
    log('warning', `The chat template of "${name}" has no place for a query and a document, and is not used.`);
    return known;
  }
  const prompt = defaultPromptName === null ? undefined : prompts[defaultPromptName];
  return { template: source, style, variables, ...(prompt && { instruction: prompt }) };
}

/**
 * Null if the caller's texts begin and end as the template does: vLLM 0.10 has no templates, and its callers write them into the texts. Both,
 * since a text may begin with a few letters of a template by chance.
 */
export function unwritten(own: KnownTemplate | null, { queries, documents }: PairRequest): KnownTemplate | null {
  if (!own) return null;
  const { template } = own;
  const start = template.slice(0, Math.max(0, template.indexOf('{')));
  const end = template.slice(template.lastIndexOf('}') + 1).trim();
  if (start === '' || end === '') return own;
  const every = (texts: readonly WirePrompt[], is: (text: string) => boolean) =>
    texts.every((text) => typeof text === 'string' && is(text));
  const isWritten = every(queries, (text) => text.startsWith(start)) && every(documents, (text) => text.trimEnd().endsWith(end));
  return isWritten ? null : own;
}
