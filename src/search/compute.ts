/** Documents -> their passages, embedded by the model and packed as the index keeps them. */
import { PoolingError } from '../errors.ts';
import { titled, type ComputedDocument } from './contents.ts';
import { cutDocuments, type CutDocument } from './cut-document.ts';
import { packVector, rowFormat } from './row-format.ts';
import type { Embedder, IndexOptions, SearchDocument } from './search-types.ts';

/** Of one index and its model. Throws what `llm.tokenize`, `llm.embed` and, with late chunking, `llm.tokenEmbed` throw. */
export type Compute = (documents: readonly SearchDocument[], signal: AbortSignal | undefined) => Promise<ComputedDocument[]>;

/** `size`: values of a vector. */
export function computeWith(llm: Embedder, size: number, options: IndexOptions): Compute {
  const { precision = 'float32', documentPromptName: promptName, lateChunking = false } = options;
  const format = rowFormat(precision, size);
  return async (documents, signal) => {
    // A passage of one word that cannot be cut may be longer than the model reads.
    const given = { truncatePromptTokens: -1, ...(promptName !== undefined && { promptName }), ...(signal && { signal }) };
    const embed = async (texts: string[]) => (await llm.embed(texts, given)).map(({ outputs }) => outputs.embedding);
    const texts = documents.filter(({ embedding }) => !embedding);
    const cut = texts.length > 0 ? await cutDocuments(llm, options, texts, signal) : [];
    const windows = cut.flatMap(({ document, windows }) => windows.map((window) => ({ document, ...window })));
    const vectors = lateChunking
      ? (await Promise.all(windows.map((window) => embedLate(llm, window, given, embed)))).flat()
      : await embed(windows.map(({ document, part }) => titled(document.title, document.text.slice(part.start, part.end))));
    let [at, next] = [0, 0];
    return documents.map(({ embedding, ...document }) => {
      if (embedding) {
        const passages = [{ start: 0, end: document.text.length }];
        return { document, passages, rows: [packVector(format, Float32Array.from(embedding))] };
      }
      const { passages } = cut[next++]!;
      const rows = vectors.slice(at, (at += passages.length)).map((vector) => packVector(format, vector));
      return { document, passages, rows };
    });
  };
}

type Window = CutDocument['windows'][number] & { document: SearchDocument };

/** In one pass. Windows of one index wait together, so that they share batches. */
async function embedLate(
  llm: Embedder,
  { document: { text, title }, part, passages }: Window,
  given: { truncatePromptTokens: number; promptName?: string; signal?: AbortSignal },
  embed: (texts: string[]) => Promise<Float32Array[]>,
): Promise<Float32Array[]> {
  const before = titled(title, '').length - part.start;
  const char_ranges = passages.map(({ start, end }): [number, number] => [before + start, before + end]);
  try {
    const [output] = await llm.tokenEmbed!(titled(title, text.slice(part.start, part.end)), {
      ...given,
      poolingParams: { late_chunking_params: { char_ranges } },
    });
    const { data, shape } = output!.outputs;
    return passages.map((_, i) => data.subarray(i * shape[1], (i + 1) * shape[1]));
  } catch (error) {
    // A passage without a token, of control characters for one, or behind a word that fills the model: these are read alone.
    if (!(error instanceof PoolingError) || error.code !== 'invalid-input') throw error;
    return embed(passages.map(({ start, end }) => titled(title, text.slice(start, end))));
  }
}
