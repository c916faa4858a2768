/**
 * A text in, its chunks out as they come: the model's token ids, cut every so many, as chunked processing (vLLM's) cuts them.
 * The first begins with the mark that the model puts before a text, the last ends with the one after it.
 */
import type { LLM } from 'rockpool';
import { slices } from './slices.ts';

export interface Chunk {
  ids: Int32Array;
  /** [start, end) in the text, and what stands there. */
  start: number;
  end: number;
  text: string;
  /** Of length 1. Null until it is computed. */
  vector: Float32Array | null;
}

export async function* cutChunks(llm: LLM, text: string, signal: AbortSignal): AsyncGenerator<Chunk[]> {
  const size = llm.info.max_model_len;
  const [marks] = await llm.tokenize('', { signal });
  const [before, after] = [marks!.tokens.slice(0, 1), marks!.tokens.slice(1)];
  let ids: number[] = [...before];
  let places: number[] = before.map(() => 0); // where each token ends
  let begin = 0;

  const take = (): Chunk => {
    const start = begin;
    const end = (begin = places[Math.min(size, places.length) - 1]!);
    const chunk = { ids: Int32Array.from(ids.slice(0, size)), start, end, text: text.slice(start, end), vector: null };
    ids = ids.slice(size);
    places = places.slice(size);
    return chunk;
  };
  for (const slice of slices(text)) {
    const [cut] = await llm.tokenize(slice.text, { addSpecialTokens: false, returnOffsets: true, signal });
    const { tokens, offsets } = cut!;
    for (let i = 0; i < tokens.length; i++) {
      ids.push(tokens[i]!);
      // Where the tokenizer's way cannot be followed, tokens are taken to be equally long.
      places.push(slice.start + (offsets?.[2 * i + 1] ?? Math.round(((i + 1) / tokens.length) * slice.text.length)));
    }
    const whole: Chunk[] = [];
    while (ids.length > size) whole.push(take());
    if (whole.length > 0) yield whole;
  }
  ids.push(...after);
  places.push(...after.map(() => text.length));
  const rest: Chunk[] = [];
  while (ids.length > 0) rest.push(take());
  yield rest;
}
