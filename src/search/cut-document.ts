/** Documents -> their passages, each within what the model reads at once or is asked to; for late chunking also the windows that it reads them in. */
import { titled } from './contents.ts';
import { passagesOf, type CountTokens } from './passages.ts';
import type { Embedder, IndexOptions, SearchDocument } from './search-types.ts';
import type { Range } from './sentences.ts';

export interface CutDocument {
  document: SearchDocument;
  passages: Range[];
  /** Parts of the text that are read in one go, with the passages in them. Without late chunking each passage is read alone. */
  windows: { part: Range; passages: Range[] }[];
}

/** Of what the model reads: passages of less tell more exactly where a hit is, and know the text around them all the same. */
const LATE_SHARE = 1 / 4;

/** Documents of one index, cut one by one. What all of their passages carry is counted once. */
export async function cutDocuments(
  llm: Embedder,
  options: IndexOptions,
  documents: readonly SearchDocument[],
  signal: AbortSignal | undefined,
): Promise<CutDocument[]> {
  const hooks = signal && { signal };
  const count: CountTokens = async (texts) =>
    (await llm.tokenize(texts, { addSpecialTokens: false, ...hooks })).map((output) => output.count);
  const [empty] = await llm.tokenize('', { ...hooks });
  const { prompts, default_prompt_name } = llm.info;
  const name = options.documentPromptName ?? default_prompt_name ?? '';
  const prompt = Object.hasOwn(prompts, name) ? prompts[name] : '';
  const [promptTokens] = prompt ? await count([prompt]) : [0];
  const cut: CutDocument[] = [];
  // Two tokens for the seams.
  for (const document of documents) cut.push(await cutDocument(llm, options, document, empty!.count + promptTokens! + 2, count, signal));
  return cut;
}

/** `carried`: tokens beside the title and the text. */
async function cutDocument(
  llm: Embedder,
  options: IndexOptions,
  document: SearchDocument,
  carried: number,
  count: CountTokens,
  signal: AbortSignal | undefined,
): Promise<CutDocument> {
  const { text, title } = document;
  const { max_model_len } = llm.info;
  const [titleTokens] = title ? await count([titled(title, '')]) : [0];
  const around = carried + titleTokens!;
  const { passageTokens, lateChunking } = options;
  if (!lateChunking) {
    const passages = await passagesOf(text, (passageTokens ?? max_model_len) - around, count, signal);
    return { document, passages, windows: passages.map((part) => ({ part, passages: [part] })) };
  }
  const parts = await passagesOf(text, max_model_len - around, count, signal);
  const most = Math.min(passageTokens ?? Math.floor(max_model_len * LATE_SHARE), max_model_len - around);
  const windows: CutDocument['windows'] = [];
  for (const part of parts) {
    const passages = await passagesOf(text.slice(part.start, part.end), most, count, signal);
    windows.push({ part, passages: passages.map(({ start, end }) => ({ start: part.start + start, end: part.start + end })) });
  }
  return { document, passages: windows.flatMap(({ passages }) => passages), windows };
}
