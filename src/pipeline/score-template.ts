/** A query and a document -> the prompt of a reranker that was made from a language model. */
import { renderTemplate } from './render-template.ts';
import { scoreTemplates } from './score-templates.ts';

export interface PairText {
  query: string;
  document: string;
  /** What counts as relevant, for models that take one. Null: the template's own words, if it has any. */
  instruction: string | null;
  /** vLLM's `chat_template_kwargs`: more variables for the template. */
  kwargs: Readonly<Record<string, unknown>>;
}

/**
 * Templates are vLLM's: `messages` holds a message of role `query` and one of role `document`. Here the two texts are variables of these names
 * too. As in Jinja, one line end at the end of a template is not part of it.
 */
export function renderPair(template: string, { query, document, instruction, kwargs }: PairText): Promise<string> {
  const messages = [
    { role: 'query', content: query },
    { role: 'document', content: document },
  ];
  return renderTemplate(template, { ...kwargs, messages, query, document, ...(instruction !== null && { instruction }) });
}

export interface KnownTemplate {
  template: string;
  /** What the model's authors use where the caller has no instruction. */
  instruction?: string;
}

/** The template of a model by its name, where its architecture is the one that the template was made for; or null. */
export function knownTemplate(name: string, architecture: string): KnownTemplate | null {
  const known = scoreTemplates.find((entry) => entry.name.test(name) && entry.architecture.test(architecture));
  if (!known) return null;
  const { template, instruction } = known;
  return { template, ...(instruction !== undefined && { instruction }) };
}

/** The template of a name, as a caller may pass it; null for a text that is a template itself. */
export function templateNamed(name: string): string | null {
  return /[{\n]/.test(name) ? null : (scoreTemplates.find((entry) => entry.name.test(name))?.template ?? null);
}
