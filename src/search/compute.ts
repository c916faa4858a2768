/** Documents -> their passages, embedded by the model and packed as the index keeps them. */
import { PoolingError } from '../errors.ts';
import { titled, type ComputedDocument } from './contents.ts';
import { cutDocuments, type CutDocument } from './cut-document.ts';
import { pacer } from './pacer.ts';
import { packVector, rowFormat } from './row-format.ts';
import type { Embedder, IndexOptions, SearchDocument } from './search-types.ts';

export interface ComputeHooks {
  signal: AbortSignal | undefined;
  /** Passages of these documents that are computed so far. */
  onPassages?: (passages: number) => void;
}

/**
 * Of one index and its model. Throws `non-finite-output` and `runtime-failed` if the model answers what is no vector, and what `llm.tokenize`,
 * `llm.embed` and, with late chunking, `llm.tokenEmbed` throw.
 */
export type Compute = (documents: readonly SearchDocument[], hooks: ComputeHooks) => Promise<ComputedDocument[]>;

/** `size`: values of a vector. */
export function computeWith(llm: Embedder, size: number, options: IndexOptions): Compute {
  const { precision = 'float32', documentPromptName: promptName, lateChunking = false } = options;
  const format = rowFormat(precision, size);
  return async (documents, { signal, onPassages = () => {} }) => {
    // A passage of one word that cannot be cut may be longer than the model reads.
    const given = { truncatePromptTokens: -1, ...(promptName !== undefined && { promptName }), ...(signal && { signal }) };
    const embed = async (texts: string[], tell: (passages: number) => void) =>
      (await llm.embed(texts, { ...given, onProgress: ({ done }) => tell(done) })).map(({ outputs }) => outputs.embedding);
    const texts = documents.filter(({ embedding }) => !embedding);
    const cut = texts.length > 0 ? await cutDocuments(llm, options, texts, signal) : [];
    const windows = cut.flatMap(({ document, windows }) => windows.map((window) => ({ document, ...window })));
    let passages = 0;
    const late = async (window: Window) => {
      const vectors = await embedLate(llm, window, given, (texts) => embed(texts, () => {}));
      onPassages((passages += vectors.length));
      return vectors;
    };
    const vectors = lateChunking
      ? (await Promise.all(windows.map(late))).flat()
      : await embed(
          windows.map(({ document, part }) => titled(document.title, document.text.slice(part.start, part.end))),
          onPassages,
        );
    const pace = pacer();
    const next = vectors.values();
    const computed: ComputedDocument[] = [];
    const cuts = cut.values();
    for (const { embedding, ...document } of documents) {
      const passages = embedding ? [{ start: 0, end: document.text.length }] : cuts.next().value!.passages;
      const rows: ComputedDocument['rows'] = [];
      for (const _ of passages) {
        const vector = embedding ? Float32Array.from(embedding) : next.next().value;
        if (!vector?.every(Number.isFinite)) throw noVector(document.id, vector);
        rows.push(packVector(format, vector));
        await pace();
      }
      computed.push({ document, passages, rows });
    }
    return computed;
  };
}

function noVector(id: string, vector: Float32Array | undefined): PoolingError {
  return vector
    ? new PoolingError('non-finite-output', `The model's vector of a passage of "${id}" has a value that is not a finite number.`)
    : new PoolingError('runtime-failed', `The model answered fewer vectors than passages; "${id}" is the first document without.`);
}

type Window = CutDocument['windows'][number] & { document: SearchDocument };

/** In one pass. Windows of one index wait together, so that they share batches. */
async function embedLate(
  llm: Embedder,
  { document: { text, title }, part, passages }: Window,
  given: { truncatePromptTokens: number; promptName?: string; signal?: AbortSignal },
  embed: (texts: string[]) => Promise<Float32Array[]>,
): Promise<Float32Array[]> {
  const alone = () => embed(passages.map(({ start, end }) => titled(title, text.slice(start, end))));
  // There is nothing that stands around it, and no range of no characters.
  if (text === '') return alone();
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
    return alone();
  }
}
