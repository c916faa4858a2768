/** A query's vector, asked for as it is typed: unit length, of the model's own size. */
import type { Answer, Run } from './live-call.ts';

export type QueryVector = Answer<string, Float32Array>;

export const embedQuery: Run<string, Float32Array> = async (llm, query, options) => {
  const [output] = await llm.embed(query, { ...options, truncatePromptTokens: -1 }); // to what the model reads
  return output!.outputs.embedding;
};
