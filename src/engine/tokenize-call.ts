/** The prompts of a call -> their encodings, within the model's limits, and the same ids as a caller gets them. */
import { PoolingError } from '../errors.ts';
import { checkCharacters } from '../text/character-limit.ts';
import { chunkLogLines } from '../pipeline/chunk.ts';
import { cutText } from '../text/cut-text.ts';
import { mostTokens, needsChunks } from '../pipeline/limits.ts';
import { textOf } from '../text/tokenize-pair.ts';
import { tokenizeAll, type TokenizeSettings } from '../text/tokenize.ts';
import { offsetsOf } from '../text/offsets.ts';
import { resolveTruncation } from '../text/truncate.ts';
import type { Encoding } from '../shapes.ts';
import type { Task } from '../types.ts';
import type { PoolRequest, PoolResult, WirePrompt } from '../wire/protocol.ts';
import type { CallContext } from './compute.ts';
import type { PairRequest } from './pair-request.ts';

type Asked = Pick<PoolRequest, 'truncatePromptTokens' | 'truncationSide'> & Partial<Pick<PoolRequest, 'prompt' | 'promptName'>>;

export async function tokenizePrompts(prompts: readonly WirePrompt[], task: Task, asked: Asked, context: CallContext): Promise<Encoding[]> {
  const { spec, log } = context;
  const settings = settingsOf(asked, context);
  const encodings: Encoding[] = [];
  if (!settings.truncation) for (const prompt of prompts) checkCharacters(prompt, mostTokens(task, spec), context.tokenizer.longestToken);
  for await (const encoding of tokenizeAll(prompts, settings)) {
    const { length } = encoding.ids;
    if (needsChunks(length, task, spec)) for (const line of chunkLogLines(length, spec.maxModelLen)) log('info', line);
    encodings.push(encoding);
  }
  return encodings;
}

/** Queries, then documents, each cut on its own first if that was asked for. */
export async function tokenizeBoth(request: PairRequest, context: CallContext): Promise<Encoding[]> {
  const { queries, documents, maxTokensPerQuery, maxTokensPerDoc } = request;
  const settings = settingsOf(request, context);
  const prompts: WirePrompt[] = [];
  for (const query of queries) prompts.push(await cutPrompt(query, maxTokensPerQuery, settings));
  for (const document of documents) prompts.push(await cutPrompt(document, maxTokensPerDoc, settings));
  return tokenizePrompts(prompts, 'score', request, context);
}

async function cutPrompt(prompt: WirePrompt, most: number, settings: TokenizeSettings): Promise<WirePrompt> {
  return most === Infinity ? prompt : cutText(textOf(prompt, settings), most, settings);
}

export function settingsOf(asked: Asked, { spec, tokenizer, pause, signal }: CallContext): TokenizeSettings {
  const truncation = resolveTruncation(asked.truncatePromptTokens, asked.truncationSide, spec.maxModelLen);
  const { vocabSize, doLowerCase, includePrompt } = spec;
  return {
    tokenizer,
    vocabSize,
    doLowerCase,
    addSpecialTokens: true,
    truncation,
    prompt: promptOf(asked, spec),
    includePrompt,
    pause,
    signal,
  };
}

/** The text itself, or the one of that name, or the model's default. An adapter's name may have no text. */
function promptOf({ prompt, promptName }: Asked, spec: CallContext['spec']): string | null {
  if (prompt !== null && prompt !== undefined) return prompt;
  const name = promptName ?? spec.defaultPromptName;
  if (name === null) return null;
  if (Object.hasOwn(spec.prompts, name)) return spec.prompts[name]!;
  if (spec.taskAdapters?.includes(name)) return null;
  const known = [...new Set([...Object.keys(spec.prompts), ...(spec.taskAdapters ?? [])])];
  throw new PoolingError('invalid-option', `Model "${spec.name}" has no prompt "${name}". It has: ${known.join(', ') || 'none'}.`);
}

/** Where each token stands in its prompt. Null for prompts that are ids. Tokens of the text that goes before a prompt have no place in it. */
export async function offsetsIn(prompt: WirePrompt, { ids }: Encoding, settings: TokenizeSettings): Promise<Int32Array | null> {
  const text = typeof prompt === 'string' ? prompt : 'prompt' in prompt ? prompt.prompt : null;
  // Packed texts are not asked for their offsets: see facade/spawn-worker.ts.
  if (text === null) return null;
  const before = settings.prompt ?? '';
  const offsets = await offsetsOf(before + text, ids, settings);
  return offsets && offsets.map((at) => Math.max(0, at - before.length));
}

export function flatIds(encodings: readonly Encoding[]): Pick<PoolResult, 'ids' | 'idCounts'> {
  const idCounts = encodings.map(({ ids }) => ids.length);
  // A book is one encoding, and need not be copied.
  const first = encodings[0]?.ids;
  if (first && encodings.length === 1 && first.byteLength === first.buffer.byteLength) return { ids: first, idCounts };
  const ids = new Int32Array(idCounts.reduce((sum, count) => sum + count, 0));
  let at = 0;
  for (const encoding of encodings) {
    ids.set(encoding.ids, at);
    at += encoding.ids.length;
  }
  return { ids, idCounts };
}

/** What vLLM answers as the ids of a pair that was never one prompt: the query's, a padding token if there is one, and the document's. */
export function pairIds(encodings: readonly Encoding[], queries: number, padTokenId: number | null): Encoding[] {
  const pad = padTokenId === null ? [] : [padTokenId];
  return encodings.slice(queries).map((document, i) => {
    const query = encodings[queries === 1 ? 0 : i]!;
    return { ids: Int32Array.from([...query.ids, ...pad, ...document.ids]) };
  });
}
