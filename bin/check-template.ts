/** A chat template -> nothing, or why it is none: better told at the start than to each client. */
import { messageOf, wrongUse } from './failure.ts';

export async function checkTemplate(template: string | undefined): Promise<void> {
  if (template === undefined) return;
  const { Template } = await import('@huggingface/jinja');
  try {
    new Template(template);
  } catch (error) {
    throw wrongUse(`--chat-template: it cannot be read as Jinja: ${messageOf(error)}`);
  }
}
