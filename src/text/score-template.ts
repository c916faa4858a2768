/** A query and a document -> the prompt of a reranker that was made from a language model. */
import { PoolingError } from '../errors.ts';
import { renderTemplate } from './render-template.ts';
import { scoreTemplates } from './score-templates.ts';

interface PairText {
  query: string;
  document: string;
  /** What counts as relevant, for models that take one. Null: the template's own words, if it has any. */
  instruction: string | null;
  /** What else the template may name. Unset: nothing. */
  variables?: Readonly<Record<string, unknown>>;
}

/** How Sentence-Transformers hands a pair to the template that a model was saved with; vLLM's templates take plain texts and no system message. */
export type Style = 'vllm' | 'texts' | 'parts';

/**
 * Templates are vLLM's: `messages` holds a message of role `query` and one of role `document`. Here the two texts are variables of these names
 * too. As in Jinja, one line end at the end of a template is not part of it.
 */
export function renderPair(
  template: string,
  { query, document, instruction, variables }: PairText,
  style: Style = 'vllm',
): Promise<string> {
  const content = (text: string) => (style === 'parts' ? [{ type: 'text', text }] : text);
  const messages = [
    ...(style !== 'vllm' && instruction !== null ? [{ role: 'system', content: content(instruction) }] : []),
    { role: 'query', content: content(query) },
    { role: 'document', content: content(document) },
  ];
  return renderTemplate(template, { ...variables, messages, query, document, ...(instruction !== null && { instruction }) });
}

/**
 * How a model's own template wants a pair; null if it does not carry one: many a chat template was inherited with the language model, knows nothing
 * of queries and documents, and would make the same prompt of them all. Throws if it cannot be rendered.
 */
export function styleOf(template: string, variables: Readonly<Record<string, unknown>>): Promise<Style | null> {
  return carrying(template, variables, ['texts', 'parts']);
}

/** Throws if a caller's template makes one prompt of all pairs: their scores would be the same, and look like scores. */
export async function checkCarries({ template }: KnownTemplate, variables: Readonly<Record<string, unknown>>): Promise<void> {
  if ((await carrying(template, variables, ['vllm'])) !== null) return;
  throw new PoolingError('invalid-option', 'chatTemplate has no place for a query and a document: every pair would be the same prompt.');
}

/** The first of the styles in which the template's prompt has both texts; null: none. Throws if it cannot be rendered in any. */
async function carrying(template: string, variables: Readonly<Record<string, unknown>>, styles: readonly Style[]): Promise<Style | null> {
  const markers = { variables, query: 'the-query-itself', document: 'the-document-itself' };
  let failure: unknown = null;
  for (const style of styles) {
    // The system message of an instruction moves the others on, which a template may count.
    for (const instruction of [null, 'the-instruction']) {
      try {
        const prompt = await renderPair(template, { ...markers, instruction }, style);
        if (prompt.includes(markers.query) && prompt.includes(markers.document)) return style;
      } catch (error) {
        failure ??= error;
      }
    }
  }
  if (failure !== null) throw failure;
  return null;
}

export interface KnownTemplate {
  template: string;
  style?: Style;
  variables?: Readonly<Record<string, unknown>>;
  /** What the model's authors use where the caller has no instruction. */
  instruction?: string;
}

/** The template of a model by its name, where its architecture is the one that the template was made for; or null. */
export function knownTemplate(name: string, architecture: string): KnownTemplate | null {
  const known = scoreTemplates.find((entry) => entry.name.test(name) && entry.architecture.test(architecture));
  return known ? entryOf(known) : null;
}

/** The template that a caller passes: the name of one that comes with rockpool, or Jinja source. */
export function givenTemplate(given: string): KnownTemplate {
  if (/\{[{%]/.test(given)) return { template: given };
  const named = scoreTemplates.find((entry) => entry.name.test(given));
  if (named) return entryOf(named);
  throw new PoolingError(
    'invalid-option',
    `chatTemplate ${JSON.stringify(given.slice(0, 80))} is no Jinja template: it has no {{ query }} and no {{ document }}. Nor does rockpool come with one of that name.`,
  );
}

function entryOf({ template, instruction }: KnownTemplate): KnownTemplate {
  return { template, ...(instruction !== undefined && { instruction }) };
}
