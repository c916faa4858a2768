/** The prompts of a call -> their encodings, within the model's limits. */
import { PoolingError } from '../errors.ts';
import { checkCharacters } from '../text/character-limit.ts';
import { chunkLogLines } from '../pipeline/chunk.ts';
import { cutText } from '../text/cut-text.ts';
import { mostTokens, needsChunks } from '../pipeline/limits.ts';
import { textOf } from '../text/tokenize-pair.ts';
import { tokenizeAll, type TokenizeSettings } from '../text/tokenize.ts';
import { resolveTruncation } from '../text/truncate.ts';
import type { Encoding } from '../shapes.ts';
import type { Task } from '../types.ts';
import type { PoolRequest, WirePrompt } from '../wire/protocol.ts';
import type { CallContext } from './compute.ts';
import type { PairRequest } from './pair-request.ts';

type Asked = Pick<PoolRequest, 'truncatePromptTokens' | 'truncationSide'> &
  Partial<Pick<PoolRequest, 'prompt' | 'promptName' | 'addSpecialTokens'>>;

export async function tokenizePrompts(prompts: readonly WirePrompt[], task: Task, asked: Asked, context: CallContext): Promise<Encoding[]> {
  const { spec, log, spend } = context;
  const settings = settingsOf(asked, context);
  const encodings: Encoding[] = [];
  if (!settings.truncation) for (const prompt of prompts) checkCharacters(prompt, mostTokens(task, spec), context.tokenizer.longestToken);
  for await (const encoding of tokenizeAll(prompts, settings)) {
    const { length } = encoding.ids;
    spend(length);
    if (needsChunks(length, task, spec)) for (const line of chunkLogLines(length, spec.maxModelLen)) log('info', line);
    encodings.push(encoding);
  }
  return encodings;
}

/** Queries, then documents, each cut on its own first if that was asked for, and with a prompt of its own before it. */
export async function tokenizeBoth(request: PairRequest, context: CallContext): Promise<Encoding[]> {
  const { queries, documents, maxTokensPerQuery, maxTokensPerDoc, queryPromptName, documentPromptName } = request;
  const side = async (texts: readonly WirePrompt[], most: number, promptName: string | null) => {
    const asked = { ...request, promptName };
    const settings = settingsOf(asked, context);
    const cut: WirePrompt[] = [];
    for (const text of texts) cut.push(most === Infinity ? text : await cutText(textOf(text, settings), most, settings));
    return tokenizePrompts(cut, 'score', asked, context);
  };
  return [...(await side(queries, maxTokensPerQuery, queryPromptName)), ...(await side(documents, maxTokensPerDoc, documentPromptName))];
}

export function settingsOf(asked: Asked, { spec, tokenizer, pause, signal }: CallContext): TokenizeSettings {
  const truncation = resolveTruncation(asked.truncatePromptTokens, asked.truncationSide, spec.maxModelLen);
  const { vocabSize, doLowerCase, includePrompt } = spec;
  return {
    tokenizer,
    vocabSize,
    doLowerCase,
    addSpecialTokens: asked.addSpecialTokens ?? true,
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
  if (name === null || name === '') return null;
  if (Object.hasOwn(spec.prompts, name)) return spec.prompts[name]!;
  if (spec.taskAdapters?.includes(name)) return null;
  const known = [...new Set([...Object.keys(spec.prompts), ...(spec.taskAdapters ?? [])])];
  throw new PoolingError('invalid-option', `Model "${spec.name}" has no prompt "${name}". It has: ${known.join(', ') || 'none'}.`);
}
