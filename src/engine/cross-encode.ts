/** Scores of a cross-encoder: each pair is read as one. What it reads is two texts with separators, or the prompt that a template makes of them. */
import { PoolingError, throwIfAborted } from '../errors.ts';
import type { PairTemplate, TextTokenizer } from '../text/tokenizer.ts';
import { checkCharacters } from '../text/character-limit.ts';
import { cutText } from '../text/cut-text.ts';
import { needsChunks } from '../pipeline/limits.ts';
import { documentWindows } from '../text/pair-encoding.ts';
import { givenTemplate, knownTemplate, renderPair, type KnownTemplate } from '../text/score-template.ts';
import { pairTokenizer, textOf, type PairTokenizer } from '../text/tokenize-pair.ts';
import { tokenize } from '../text/tokenize.ts';
import type { Truncation } from '../text/truncate.ts';
import type { Encoding } from '../shapes.ts';
import type { ModelSpec } from '../model/model-spec.ts';
import { planFor } from '../tasks/plan-for.ts';
import { unsupportedParams } from '../tasks/pooling-params.ts';
import type { ScoreResult, WirePrompt } from '../wire/protocol.ts';
import { compute, startMeter, type CallContext, type Job } from './compute.ts';
import { settingsOf } from './encode-prompts.ts';
import type { PairRequest } from './pair-request.ts';
import { flatIds } from './result-ids.ts';

export async function crossEncode(request: PairRequest, context: CallContext): Promise<ScoreResult> {
  const begin = performance.now();
  checkParams(request);
  const plan = planFor('classify', request.params, context);
  const pairs = await encodePairs(request, context);
  const scores = new Float32Array(pairs.length);
  const jobs = pairs.flatMap((windows, i): Job[] => {
    const join = joiner(request.longDocuments ?? 'max', windows.length);
    return windows.map((encoding) => ({ of: `documents[${i}]`, encoding, plan, deliver: ({ data }) => void (scores[i] = join(data[0]!)) }));
  });
  await compute(jobs, context, startMeter(begin));
  return { scores, ...flatIds(pairs.map(whole)) };
}

/** Scores of a document's parts, one by one -> the score so far. */
function joiner(how: 'max' | 'mean', parts: number): (score: number) => number {
  let joined = how === 'max' ? -Infinity : 0;
  return (score) => (joined = how === 'max' ? Math.max(joined, score) : joined + score / parts);
}

/** What the model saw of a pair, part after part. */
function whole(windows: readonly Encoding[]): Encoding {
  if (windows.length === 1) return windows[0]!;
  return { ids: Int32Array.from(windows.flatMap(({ ids }) => [...ids])) };
}

/** For each document: the pair, or its parts. */
async function encodePairs(request: PairRequest, context: CallContext): Promise<Encoding[][]> {
  const encode = await pairEncoder(request, context);
  const pairs: Encoding[][] = [];
  // What is neither cut nor read in parts has to fit: said before it is read.
  const { truncatePromptTokens, longDocuments, maxTokensPerDoc } = request;
  const { spec, tokenizer } = context;
  if (truncatePromptTokens === null && longDocuments === null && maxTokensPerDoc === Infinity) {
    for (const document of request.documents) checkCharacters(document, spec.maxModelLen, tokenizer.longestToken);
  }
  for (const [i, document] of request.documents.entries()) {
    const query = request.queries[request.queries.length === 1 ? 0 : i]!;
    const windows = await encode(query, document);
    for (const { ids } of windows) needsChunks(ids.length, 'score', context.spec);
    pairs.push(windows);
    if (pairs.length % SLICE === 0) await context.pause();
    throwIfAborted(context.signal);
  }
  return pairs;
}

/** Pairs tokenised between two looks at the signal. */
const SLICE = 64;

type PairEncoder = (query: WirePrompt, document: WirePrompt) => Promise<Encoding[]>;

async function pairEncoder(request: PairRequest, context: CallContext): Promise<PairEncoder> {
  const { spec, tokenizer, log } = context;
  const { chatTemplate } = request;
  const chosen = chatTemplate === null ? unwrittenTemplate(request, spec) : givenTemplate(chatTemplate);
  if (chosen) return templateEncoder(chosen.template, request.instruction ?? chosen.instruction ?? null, request, context);
  if (request.instruction !== null) {
    throw new PoolingError('invalid-option', 'An instruction goes into a template, and this model has none: pass one as `chatTemplate`.');
  }
  const useSepToken = spec.tokenHead === null;
  if (!useSepToken && !ownTemplate(spec)) {
    log(
      'warning',
      `"${spec.name}" is a language model, and no template is known for it: query and document are put one after the other. Without the prompt that it was trained with its scores mean little; pass it as \`chatTemplate\`.`,
    );
  }
  const settings = {
    ...settingsOf(request, context),
    maxTokensPerQuery: request.maxTokensPerQuery,
    maxTokensPerDoc: request.maxTokensPerDoc,
    useSepToken,
  };
  // One query for many documents is tokenised once.
  const made = new Map<WirePrompt, Promise<PairTokenizer>>();
  return async (query, document) => {
    if (!made.has(query)) {
      made.clear();
      made.set(query, pairTokenizer(query, settings));
    }
    const pair = await made.get(query)!;
    if (request.longDocuments === null) return [await pair.with(document)];
    if (useSepToken) return documentWindows(pair.queryIds, await pair.documentIds(document), tokenizer.pair, spec.maxModelLen);
    // One text: where query and document meet, it may have other tokens than the two have alone.
    const whole = await pair.with(document);
    if (whole.ids.length <= spec.maxModelLen) return [whole];
    return documentWindows(pair.queryIds, await pair.documentIds(document), oneText(tokenizer), spec.maxModelLen);
  };
}

/** Of the model's files, or else the one that models of its name were trained with. */
function ownTemplate({ scoreTemplate, sourceName, architecture }: ModelSpec): KnownTemplate | null {
  return scoreTemplate === null ? knownTemplate(sourceName, architecture) : { template: scoreTemplate };
}

/** The model's own template, unless the caller's queries begin as it does: vLLM 0.10 has no templates, and its callers write them into the texts. */
function unwrittenTemplate({ queries }: PairRequest, spec: ModelSpec): KnownTemplate | null {
  const own = ownTemplate(spec);
  if (!own) return null;
  const start = own.template.slice(0, Math.max(0, own.template.indexOf('{')));
  const isWritten = queries.every((query) => typeof query === 'string' && start !== '' && query.startsWith(start));
  return isWritten ? null : own;
}

/** The special tokens of one text around the two. */
function oneText({ prefix, suffix }: TextTokenizer): PairTemplate {
  const typeIds = { prefix: prefix.map(() => 0), first: 0, middle: [], second: 0, suffix: suffix.map(() => 0) };
  return { prefix, middle: [], suffix, typeIds };
}

function templateEncoder(template: string, instruction: string | null, request: PairRequest, context: CallContext): PairEncoder {
  // The template is the whole prompt: a default one of the model's would stand before its first token. What is cut is the document.
  const { truncation, ...rest } = settingsOf(request, context);
  const settings = { ...rest, truncation: null, prompt: null };
  const { maxModelLen } = context.spec;
  const cut = (prompt: WirePrompt, most: number) => cutText(textOf(prompt, settings), most, settings);
  const encode = async (query: string, document: string) =>
    tokenize(await renderPair(template, { query, document, instruction }), settings);
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
  let after = 0;
  while (after < empty.length && ids.at(-1 - after) === empty.at(-1 - after)) after++;
  let before = 0;
  while (before < empty.length - after && ids[before] === empty[before]) before++;
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

function checkParams({ params, longDocuments, truncatePromptTokens, queryPromptName, documentPromptName }: PairRequest): void {
  const others = (['dimensions', 'normalize'] as const).filter((key) => (params[key] ?? null) !== null);
  if (others.length > 0) throw unsupportedParams('score', ['activation'], others);
  if (queryPromptName !== null || documentPromptName !== null) {
    throw new PoolingError(
      'invalid-option',
      'queryPromptName and documentPromptName are for models that compare embeddings; a cross-encoder has a `chatTemplate`.',
    );
  }
  if (longDocuments !== null && truncatePromptTokens !== null) {
    throw new PoolingError('invalid-option', 'longDocuments keeps all of a long pair and truncatePromptTokens cuts it: set one.');
  }
}
