/** A Jinja template and its variables -> text. The only door to @huggingface/jinja, opened when the first template is used. */
import { asPoolingError } from '../errors.ts';

export async function renderTemplate(template: string, variables: Readonly<Record<string, unknown>>): Promise<string> {
  const { Template } = await import('@huggingface/jinja');
  try {
    return new Template(template).render({ ...variables });
  } catch (error) {
    throw asPoolingError(error, 'invalid-option', 'The score template cannot be rendered');
  }
}
