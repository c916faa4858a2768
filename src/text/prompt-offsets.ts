/** A prompt and what became of it -> where in it each token stands, as a caller gets it. */
import type { Encoding } from '../shapes.ts';
import type { WirePrompt } from '../wire/protocol.ts';
import { offsetsOf } from './offsets.ts';
import type { TokenizeSettings } from './tokenize.ts';

/** Null for prompts that are ids. Tokens of the text that goes before a prompt have no place in it. */
export async function offsetsIn(prompt: WirePrompt, { ids }: Encoding, settings: TokenizeSettings): Promise<Int32Array | null> {
  const text = typeof prompt === 'string' ? prompt : 'prompt' in prompt ? prompt.prompt : null;
  // Packed texts are not asked for their offsets: see facade/spawn-worker.ts.
  if (text === null) return null;
  const before = settings.prompt ?? '';
  const offsets = await offsetsOf(before + text, ids, settings);
  return offsets && offsets.map((at) => Math.max(0, at - before.length));
}
