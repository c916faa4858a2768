/** Prompts as they cross to an engine -> what a request's body holds. */
import { PoolingError } from '../errors.ts';
import type { WirePrompt } from '../wire/protocol.ts';
import type { Input } from './dialect.ts';

export function readInput(prompt: WirePrompt, takesIds: boolean, place: string, title: string): Input {
  if (typeof prompt === 'string') return prompt;
  if ('prompt' in prompt) return prompt.prompt;
  if ('prompt_utf8' in prompt) return new TextDecoder().decode(joined(prompt.prompt_utf8));
  if (takesIds) return Array.from(prompt.prompt_token_ids);
  throw new PoolingError('invalid-input', `${place} is token ids, and ${title} takes texts alone.`);
}

export function textOf(prompt: WirePrompt, place: string, title: string): string {
  return readInput(prompt, false, place, title) as string;
}

export function sizeOf(input: Input): number {
  return input.length;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
