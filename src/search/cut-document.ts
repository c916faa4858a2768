/** Documents -> their passages, each within what the model reads at once or is asked to; for late chunking also the windows that it reads them in. */
import { PoolingError } from '../errors.ts';
import { titled } from './contents.ts';
import { groups, WRITTEN } from './groups.ts';
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

/** Tokens that a passage has room for at least, so that there is something to find. */
const LEAST = 8;

/**
 * Documents of one index, cut one by one. What all of their passages carry is counted once. Throws as `checkTitles`, and what
 * `llm.tokenize` throws.
 */
export async function cutDocuments(
  llm: Embedder,
  options: IndexOptions,
  documents: readonly SearchDocument[],
  signal: AbortSignal | undefined,
): Promise<CutDocument[]> {
  const { count, room } = await budget(llm, options, signal);
  const titleTokens = await countTitles(documents, count);
  const cut: CutDocument[] = [];
  for (const [i, document] of documents.entries()) cut.push(await cutDocument(document, room(document, titleTokens[i]!), count, signal));
  return cut;
}

/**
 * Throws `invalid-input` for a title that leaves its passages no room, `invalid-option` if none would, or if a server keeps the prompt
 * before them to itself.
 */
export async function checkTitles(
  llm: Embedder,
  options: IndexOptions,
  documents: readonly SearchDocument[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const withTitles = documents.filter(({ title, embedding }) => title && !embedding);
  if (withTitles.length === 0) return;
  const { count, room } = await budget(llm, options, signal);
  for (const group of groups(withTitles, WRITTEN, ({ title }) => title!)) {
    for (const [i, titleTokens] of (await countTitles(group, count)).entries()) room(group[i]!, titleTokens);
  }
}

interface Room {
  /** Most tokens of what is read in one go. */
  window: number;
  /** Most tokens of a passage. */
  passage: number;
}

/** What there is to count with, and how much room a title of so many tokens leaves. */
async function budget(
  llm: Embedder,
  options: IndexOptions,
  signal: AbortSignal | undefined,
): Promise<{ count: CountTokens; room: (document: SearchDocument, titleTokens: number) => Room }> {
  const hooks = signal && { signal };
  const count: CountTokens = async (texts) =>
    (await llm.tokenize(texts, { addSpecialTokens: false, ...hooks })).map((output) => output.count);
  const { max_model_len, adapter, model } = llm.info;
  const { passageTokens, lateChunking } = options;
  // What is longer than the model reads would be cut off, and never be found.
  const most = lateChunking ? max_model_len : Math.min(passageTokens ?? Infinity, max_model_len);
  if (most === Infinity)
    throw new PoolingError(
      'invalid-option',
      `${adapter} does not say how much "${model}" reads at once, so texts cannot be cut into passages. Say it: maxModelLen of LLM.connect, or passageTokens of createIndex.`,
    );
  const prompt = promptOf(llm, options);
  const [empty] = await llm.tokenize('', { ...hooks });
  const [promptTokens] = prompt ? await count([prompt]) : [0];
  // Two tokens for the seams.
  const carried = empty!.count + promptTokens! + 2;
  const room = ({ id }: SearchDocument, titleTokens: number): Room => {
    const window = most - carried - titleTokens;
    const passage = lateChunking ? Math.min(passageTokens ?? Math.floor(max_model_len * LATE_SHARE), window) : window;
    if (passage >= LEAST) return { window, passage };
    const needs = `Passages need ${LEAST} tokens at least, and there is room for ${Math.max(passage, 0)}`;
    if (titleTokens === 0) throw new PoolingError('invalid-option', `${needs}: passageTokens is too small.`);
    throw new PoolingError(
      'invalid-input',
      `${needs}: the title of "${id}" has ${titleTokens}. Shorten it, or put it at the beginning of the text.`,
    );
  };
  return { count, room };
}

/** What the model reads before each passage. A server may know a prompt by its name and not tell it: then nobody knows how long a passage may be. */
function promptOf({ info: { device, model, prompts, default_prompt_name } }: Embedder, { documentPromptName }: IndexOptions): string {
  const name = documentPromptName ?? default_prompt_name ?? '';
  if (Object.hasOwn(prompts, name)) return prompts[name]!;
  // The name of an adapter of a model that is here has no text.
  if (name === '' || device !== 'remote' || Object.keys(prompts).length > 0) return '';
  throw new PoolingError(
    'invalid-option',
    `The server of "${model}" does not say what its prompt "${name}" is, so passages cannot be cut to what the model reads behind it. ` +
      'Serve the model by a rockpool that says it, or make the index with documentPromptName "".',
  );
}

async function countTitles(documents: readonly SearchDocument[], count: CountTokens): Promise<number[]> {
  const texts = documents.map(({ title }) => titled(title, ''));
  return texts.some((text) => text !== '') ? count(texts) : texts.map(() => 0);
}

async function cutDocument(
  document: SearchDocument,
  most: Room,
  count: CountTokens,
  signal: AbortSignal | undefined,
): Promise<CutDocument> {
  const { text } = document;
  const parts = await passagesOf(text, most.window, count, signal);
  if (most.passage === most.window) return { document, passages: parts, windows: parts.map((part) => ({ part, passages: [part] })) };
  const windows: CutDocument['windows'] = [];
  for (const part of parts) {
    const passages = await passagesOf(text.slice(part.start, part.end), most.passage, count, signal);
    windows.push({ part, passages: passages.map(({ start, end }) => ({ start: part.start + start, end: part.start + end })) });
  }
  return { document, passages: windows.flatMap(({ passages }) => passages), windows };
}
