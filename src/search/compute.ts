/** Documents -> their passages, embedded by the model and packed as the index keeps them. */
import { passageTexts, titled, type ComputedDocument } from './contents.ts';
import { passagesOf } from './passages.ts';
import { packVector, rowFormat } from './row-format.ts';
import type { Embedder, IndexOptions, SearchDocument } from './search-types.ts';
import type { Range } from './sentences.ts';

/** Of one index and its model. Throws what `llm.tokenize` and `llm.embed` throw. */
export type Compute = (documents: readonly SearchDocument[], signal: AbortSignal | undefined) => Promise<ComputedDocument[]>;

/** `size`: values of a vector. */
export function computeWith(llm: Embedder, size: number, options: IndexOptions): Compute {
  const { precision = 'float32', documentPromptName: promptName } = options;
  const format = rowFormat(precision, size);
  return async (documents, signal) => {
    const cut: { document: SearchDocument; passages: Range[] }[] = [];
    for (const document of documents) cut.push({ document, passages: await cutDocument(llm, options, document, signal) });
    // A passage of one word that cannot be cut may be longer than the model reads.
    const given = { truncatePromptTokens: -1, ...(promptName !== undefined && { promptName }), ...(signal && { signal }) };
    const outputs = await llm.embed(cut.flatMap(passageTexts), given);
    const rows = outputs.map(({ outputs: { embedding } }) => packVector(format, embedding));
    let at = 0;
    return cut.map((one) => ({ ...one, rows: rows.slice(at, (at += one.passages.length)) }));
  };
}

async function cutDocument(
  llm: Embedder,
  options: IndexOptions,
  { text, title }: SearchDocument,
  signal: AbortSignal | undefined,
): Promise<Range[]> {
  const { max_model_len, prompts } = llm.info;
  const hooks = signal && { signal };
  const count = async (texts: string[]) => (await llm.tokenize(texts, { addSpecialTokens: false, ...hooks })).map(({ count }) => count);
  const [empty] = await llm.tokenize('', { ...hooks });
  const [titleTokens] = title ? await count([titled(title, '')]) : [0];
  const prompt = prompts[options.documentPromptName ?? ''];
  const [promptTokens] = prompt ? await count([prompt]) : [0];
  // Two tokens for the seams.
  const room = (options.passageTokens ?? max_model_len) - empty!.count - titleTokens! - promptTokens! - 2;
  return passagesOf(text, room, count);
}
