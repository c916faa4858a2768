/** Scores of a cross-encoder: each pair is read as one. What it reads is two texts with separators, or the prompt that a template makes of them. */
import { PoolingError, throwIfAborted } from '../errors.ts';
import type { PairTemplate, TextTokenizer } from '../text/tokenizer.ts';
import { checkCharacters } from '../text/character-limit.ts';
import { needsChunks } from '../pipeline/limits.ts';
import { documentWindows } from '../text/pair-encoding.ts';
import { checkCarries, givenTemplate } from '../text/score-template.ts';
import { pairTokenizer, type PairTokenizer } from '../text/tokenize-pair.ts';
import type { Encoding } from '../shapes.ts';
import { planFor } from '../tasks/plan-for.ts';
import { unsupportedParams } from '../tasks/pooling-params.ts';
import type { ScoreResult, WirePrompt } from '../wire/protocol.ts';
import { compute, startMeter, type CallContext, type Job } from './compute.ts';
import { settingsOf } from './encode-prompts.ts';
import type { PairRequest } from './pair-request.ts';
import { ownTemplate, unwritten } from './pair-template.ts';
import { flatIds } from './result-ids.ts';
import { templateEncoder, type PairEncoder } from './template-encoder.ts';

export async function crossEncode(request: PairRequest, context: CallContext): Promise<ScoreResult> {
  const begin = performance.now();
  checkPairOptions(request);
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
  const { truncatePromptTokens, longDocuments, maxTokensPerDoc, maxTokensPerQuery } = request;
  const { spec, tokenizer } = context;
  if (truncatePromptTokens === null && longDocuments === null && maxTokensPerDoc === Infinity) {
    for (const document of request.documents) checkCharacters(document, spec.maxModelLen, tokenizer.longestToken);
  }
  if (truncatePromptTokens === null && maxTokensPerQuery === Infinity) {
    for (const query of request.queries) checkCharacters(query, spec.maxModelLen, tokenizer.longestToken);
  }
  for (const [i, document] of request.documents.entries()) {
    const query = request.queries[request.queries.length === 1 ? 0 : i]!;
    const windows = await encode(query, document);
    for (const { ids } of windows) {
      needsChunks(ids.length, 'score', context.spec);
      context.spend(ids.length);
    }
    pairs.push(windows);
    if (pairs.length % SLICE === 0) await context.pause();
    throwIfAborted(context.signal);
  }
  return pairs;
}

/** Pairs tokenised between two looks at the signal. */
const SLICE = 64;

async function pairEncoder(request: PairRequest, context: CallContext): Promise<PairEncoder> {
  const { spec, tokenizer, log } = context;
  const { chatTemplate } = request;
  const own = chatTemplate === null ? await ownTemplate(context) : null;
  const chosen = chatTemplate === null ? unwritten(own, request) : givenTemplate(chatTemplate);
  if (chosen && chatTemplate !== null) await checkCarries(chosen, request.chatTemplateKwargs);
  if (chosen) return templateEncoder(chosen, request, context);
  if (request.instruction !== null || Object.keys(request.chatTemplateKwargs).length > 0) {
    throw new PoolingError(
      'invalid-option',
      'An instruction and chatTemplateKwargs go into a template, and this model has none: pass one as `chatTemplate`.',
    );
  }
  const useSepToken = spec.tokenHead === null;
  if (!useSepToken && !own) {
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

/** The special tokens of one text around the two. */
function oneText({ prefix, suffix }: TextTokenizer): PairTemplate {
  const typeIds = { prefix: prefix.map(() => 0), first: 0, middle: [], second: 0, suffix: suffix.map(() => 0) };
  return { prefix, middle: [], suffix, typeIds };
}

function checkPairOptions({ params, longDocuments, truncatePromptTokens, queryPromptName, documentPromptName }: PairRequest): void {
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
