/** A Jinja template and its variables -> text. The only door to @huggingface/jinja, opened when the first template is used. */
import type { Template } from '@huggingface/jinja';
import { asPoolingError } from '../errors.ts';

/** The last one that was parsed: all pairs of a call have one template, and parsing takes far longer than rendering. */
let parsed: { source: string; template: Template } | null = null;

export async function renderTemplate(template: string, variables: Readonly<Record<string, unknown>>): Promise<string> {
  const { Template } = await import('@huggingface/jinja');
  try {
    if (parsed?.source !== template) parsed = { source: template, template: parse(Template, template) };
    return parsed.template.render({ ...variables });
  } catch (error) {
    throw asPoolingError(error, 'invalid-option', 'The template cannot be rendered');
  }
}

/** Where a template breaks off, the parser reads past its end, and says so in JavaScript's words. */
function parse(Parser: typeof Template, source: string): Template {
  try {
    return new Parser(source);
  } catch (cause) {
    throw cause instanceof TypeError ? new SyntaxError('it ends in the middle of an expression', { cause }) : cause;
  }
}
