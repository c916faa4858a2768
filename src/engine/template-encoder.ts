/** A template -> pairs as the prompts that it makes of them, with the document cut, or in parts, where they are too long. */
import { PoolingError } from '../errors.ts';
import type { Encoding } from '../shapes.ts';
import { cutText } from '../text/cut-text.ts';
import { renderPair, type KnownTemplate } from '../text/score-template.ts';
import { textOf } from '../text/tokenize-pair.ts';
import { tokenize } from '../text/tokenize.ts';
import type { Truncation } from '../text/truncate.ts';
import type { WirePrompt } from '../wire/protocol.ts';
import type { CallContext } from './compute.ts';
import { settingsOf } from './encode-prompts.ts';
import type { PairRequest } from './pair-request.ts';

/** One pair -> what the model reads: one window, or one for each part of the document. */
export type PairEncoder = (query: WirePrompt, document: WirePrompt) => Promise<Encoding[]>;

export function templateEncoder(chosen: KnownTemplate, request: PairRequest, context: CallContext): PairEncoder {
  const instruction = request.instruction ?? chosen.instruction ?? null;
  // The template is the whole prompt: a default one of the model's would stand before its first token. What is cut is the document.
  const { truncation, ...rest } = settingsOf(request, context);
  // transformers adds no special tokens around a chat template, which writes its own; vLLM's tokenizers do.
  const settings = { ...rest, truncation: null, prompt: null, addSpecialTokens: chosen.style === undefined };
  const { maxModelLen } = context.spec;
  const variables = { ...chosen.variables, ...request.chatTemplateKwargs };
  const cut = (prompt: WirePrompt, most: number) => cutText(textOf(prompt, settings), most, settings);
  const pairOf = (query: string, document: string) => ({ query, document, instruction, variables });
  const encode = async (query: string, document: string) =>
    tokenize(await renderPair(chosen.template, pairOf(query, document), chosen.style), settings);
  return async (queryPrompt, documentPrompt) => {
    const query = await cut(queryPrompt, request.maxTokensPerQuery);
    const document = await cut(documentPrompt, request.maxTokensPerDoc);
    const all = await encode(query, document);
    if (all.ids.length <= (truncation?.length ?? maxModelLen)) return [all];
    if (truncation) return [cutDocument(all.ids, (await encode(query, '')).ids, truncation)];
    if (request.longDocuments === null) return [all];
    const room = maxModelLen - (await encode(query, '')).ids.length - SEAM;
    if (room < 1) throw noRoom(`${maxModelLen} tokens that the model takes`);
    const windows: Encoding[] = [];
    for (let left = document; left !== '';) {
      // A token without letters has no end to cut at: then what is left is too long, and said to be.
      const part = (await cutText(left, room, settings)) || left;
      windows.push(await encode(query, part));
      left = left.slice(part.length);
    }
    return windows;
  };
}

/**
 * A prompt that is too long, and the same without its document -> the prompt with as much of the document as fits. The end of the template is
 * what the model answers to: cut off, as a tokenizer would, its score means nothing. Sentence-Transformers' `restore_suffix`.
 */
function cutDocument(ids: Int32Array, empty: Int32Array, { length, side }: Truncation): Encoding {
  // The end that is not cut is found first: where the document repeats the template, the other end gives way.
  let [before, after] = [0, 0];
  const findBefore = () => {
    while (before < empty.length - after && ids[before] === empty[before]) before++;
  };
  if (side === 'left') findBefore();
  while (after < empty.length - before && ids.at(-1 - after) === empty.at(-1 - after)) after++;
  if (side === 'right') findBefore();
  if (before + after >= length) throw noRoom(`${length} tokens of truncate_prompt_tokens`);
  const kept = length - before - after;
  const start = side === 'right' ? before : ids.length - after - kept;
  return { ids: Int32Array.of(...ids.subarray(0, before), ...ids.subarray(start, start + kept), ...ids.subarray(ids.length - after)) };
}

function noRoom(limit: string): PoolingError {
  return new PoolingError(
    'input-too-long',
    `The query and the template alone fill the ${limit}. Shorten the query, or pass maxTokensPerQuery.`,
  );
}

/** Tokens that a part may gain where it meets the template. */
const SEAM = 4;
