/** A query, once, and documents, one by one -> token ids of each pair. */
import type { Encoding } from '../shapes.ts';
import type { WirePrompt } from '../wire/protocol.ts';
import { cutText } from './cut-text.ts';
import { IdList } from './id-list.ts';
import { pairEncoding, specialTokenCount } from './pair-encoding.ts';
import { longestFirst } from './pair-truncation.ts';
import { checkIds, checkVocabulary, readIds, textsOf, type TextSettings } from './text-ids.ts';
import { tokenize, roomFor } from './tokenize.ts';
import { keep, type Truncation } from './truncate.ts';

export interface PairSettings extends TextSettings {
  truncation: Truncation | null;
  /** Most tokens of each text, special tokens not counted. Infinity: no limit. */
  maxTokensPerQuery: number;
  maxTokensPerDoc: number;
  /** vLLM's `use_sep_token`. False: query and document are one text with nothing between, as rerankers made from language models take it. */
  useSepToken: boolean;
}

export interface PairTokenizer {
  /** Query and document as the model takes them, truncated if asked for. */
  with(document: WirePrompt): Promise<Encoding>;
  /** For `documentWindows`: the two alone, without special tokens. */
  queryIds: Int32Array;
  documentIds(document: WirePrompt): Promise<Int32Array>;
}

export async function pairTokenizer(query: WirePrompt, settings: PairSettings): Promise<PairTokenizer> {
  return settings.useSepToken ? separated(query, settings) : concatenated(query, settings);
}

async function separated(query: WirePrompt, settings: PairSettings): Promise<PairTokenizer> {
  const { truncation, maxTokensPerQuery, maxTokensPerDoc } = settings;
  const template = settings.tokenizer.pair;
  const room = roomFor(truncation, specialTokenCount(template));
  // Cut on the right, neither text keeps more than `room`; cut on the left, each has to be read to its end.
  const enough = truncation?.side === 'right' ? room : Infinity;
  const queryIds = await idsOf(query, maxTokensPerQuery, enough, settings);
  return {
    queryIds,
    documentIds: (document) => idsOf(document, maxTokensPerDoc, Infinity, settings),
    async with(document) {
      const documentIds = await idsOf(document, maxTokensPerDoc, enough, settings);
      if (!truncation) return pairEncoding(queryIds, documentIds, template);
      // Who limits the document means the document to give way, as long as the query leaves it any room: vLLM's `only_second`.
      const onlySecond = maxTokensPerDoc !== Infinity && queryIds.length < room;
      const [first, second] = onlySecond
        ? [queryIds.length, room - queryIds.length]
        : longestFirst(queryIds.length, documentIds.length, room);
      return pairEncoding(keep(queryIds, first, truncation.side), keep(documentIds, second, truncation.side), template);
    },
  };
}

async function concatenated(query: WirePrompt, settings: PairSettings): Promise<PairTokenizer> {
  const queryText = await cutText(textOf(query, settings), settings.maxTokensPerQuery, settings);
  const whole = { ...settings, addSpecialTokens: true, prompt: null, includePrompt: true };
  return {
    queryIds: await idsOf(queryText, Infinity, Infinity, settings),
    documentIds: (document) => idsOf(document, settings.maxTokensPerDoc, Infinity, settings),
    with: async (document) => tokenize(queryText + (await cutText(textOf(document, settings), settings.maxTokensPerDoc, settings)), whole),
  };
}

/** Of a text that is cut to its first `most` tokens. More than `enough` need not be read. */
async function idsOf(prompt: WirePrompt, most: number, enough: number, settings: PairSettings): Promise<Int32Array> {
  const list = new IdList();
  const isText = typeof prompt === 'string' || !('prompt_token_ids' in prompt);
  const texts = isText && most === Infinity ? textsOf(prompt) : [await cutText(textOf(prompt, settings), most, settings)];
  await readIds(list, texts, settings, enough);
  const ids = list.take();
  checkVocabulary(ids, settings);
  return ids;
}

/** Token ids are read back to text first, as vLLM does: the pair's own special tokens have to go around them. */
export function textOf(prompt: WirePrompt, { tokenizer, vocabSize }: Pick<TextSettings, 'tokenizer' | 'vocabSize'>): string {
  if (typeof prompt === 'string' || !('prompt_token_ids' in prompt)) return [...textsOf(prompt)].join('');
  checkIds(prompt.prompt_token_ids, vocabSize);
  return tokenizer.decode(Array.from(prompt.prompt_token_ids));
}
