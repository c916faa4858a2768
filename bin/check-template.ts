/** Chat templates -> nothing, or why one is none: better told at the start than to each client. */
import type { ServerOptions } from '../src/server.ts';
import { messageOf, wrongUse } from './failure.ts';

export async function checkTemplates(given: ServerOptions['chatTemplate']): Promise<void> {
  if (given === undefined) return;
  const { Template } = await import('@huggingface/jinja');
  for (const template of typeof given === 'string' ? [given] : Object.values(given)) {
    try {
      new Template(template);
    } catch (error) {
      throw wrongUse(`--chat-template: it cannot be read as Jinja: ${messageOf(error)}`);
    }
  }
}
