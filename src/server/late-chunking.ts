/** vLLM's late chunking on /v1/embeddings: what is refused with it, and where in the text each vector's chunk stands. */
import type { EncodeRequestOutput } from '../types.ts';
import { badRequest } from './http-error.ts';
import type { Input } from './request-prompts.ts';

interface Fields {
  dimensions?: number | null | undefined;
  encoding_format: string;
  truncate_prompt_tokens?: number | null | undefined;
}

/** As vLLM 0.33 has it: its places are those of a whole text that the client has too. */
export function checkLateChunking({ dimensions, encoding_format, truncate_prompt_tokens: truncate }: Fields, input: Input): void {
  const refuse = (what: string, field: string) => badRequest(`late_chunking_params cannot be used with ${what}.`, field);
  if (encoding_format !== 'float') throw refuse(`encoding_format "${encoding_format}", only with "float"`, 'encoding_format');
  if (dimensions != null) throw refuse('dimensions', 'dimensions');
  if (truncate != null) throw refuse('truncate_prompt_tokens', 'truncate_prompt_tokens');
  if (!('texts' in input)) throw refuse('messages', 'messages');
  if (input.texts.some((text) => typeof text !== 'string')) throw refuse('token ids: give the text', 'input');
}

export function lateChunkingOf(text: string, size: number, { prompt_token_ids, outputs }: EncodeRequestOutput) {
  const { offsets, shape } = outputs;
  const tokens = prompt_token_ids.length;
  const chunks = Array.from({ length: shape[0] }, (_, i) => ({
    token_range: [i * size, Math.min(tokens, (i + 1) * size)],
    char_range: offsets && [codePoints(text, offsets[2 * i]!), codePoints(text, offsets[2 * i + 1]!)],
  }));
  return { strategy: 'fixed_tokens', chunk_size: size, input_tokens: tokens, chunks };
}

/** Python counts characters, JavaScript units of UTF-16. */
function codePoints(text: string, units: number): number {
  let count = 0;
  for (let at = 0; at < units; at += text.codePointAt(at)! > 0xffff ? 2 : 1) count++;
  return count;
}
