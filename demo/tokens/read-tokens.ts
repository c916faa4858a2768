/** A text in; its tokens with their places and vectors out. */
import type { Run } from '../model/live-call.ts';

export interface Token {
  id: number;
  /** As the vocabulary writes it: `##ing` goes on from the token before. */
  text: string;
  /** [start, end) in the text; null for marks that the model adds, and where it is not known for sure. */
  place: readonly [start: number, end: number] | null;
  /** A mark that the model adds. */
  special: boolean;
  /** The state of the model's last layer. */
  row: Float32Array;
}

export const readTokens: Run<string, Token[]> = async (llm, text, options) => {
  const [[states], [words]] = await Promise.all([
    llm.encode(text, { ...options, returnOffsets: true, truncatePromptTokens: -1 }),
    llm.tokenize(text, { signal: options.signal }),
  ]);
  const { data, shape, offsets } = states!.outputs;
  const size = shape[1];
  // Of a text that is too long the model reads less than the tokenizer makes: strings are found by id.
  const strings = new Map(words!.tokens.map((id, i) => [id, words!.token_strs[i]!]));
  return Array.from(states!.prompt_token_ids, (id, i): Token => {
    const [start, end] = offsets ? [offsets[2 * i]!, offsets[2 * i + 1]!] : [0, 0];
    const text = strings.get(id) ?? '';
    return {
      id,
      text,
      place: end > start ? [start, end] : null,
      special: /^\[(CLS|SEP)\]$/.test(text) && end === start,
      row: data.subarray(i * size, (i + 1) * size),
    };
  });
};
