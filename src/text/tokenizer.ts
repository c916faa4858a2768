/** tokenizer.json and tokenizer_config.json -> text to ids and back. The only door to @huggingface/tokenizers. */
import { Tokenizer } from '@huggingface/tokenizers';
import { asPoolingError } from '../errors.ts';
import { sigmaFixer, useCharsmap } from './tokenizer-fixes.ts';
import { stagesOf, type TokenizerStages } from './tokenizer-stages.ts';
import { isRoberta, postProcessors } from './tokenizer-steps.ts';

export type { Tokenizer };

export interface TextTokenizer {
  /** Ids of a text without special tokens. */
  encode(text: string): number[];
  /** The text of ids, special tokens included. */
  decode(ids: Iterable<number>): string;
  /** What the model's template puts before and after one text: [CLS] and [SEP], BOS, EOS, or nothing. */
  prefix: readonly number[];
  suffix: readonly number[];
  /** What it puts around two texts. Null: nothing, and they follow each other. */
  pair: PairTemplate | null;
  /** The token's string, e.g. `##ing`; `` for an id that is not in the vocabulary. */
  tokenOf(id: number): string;
  /** The id of a token's string; null if it is not in the vocabulary. */
  idOf(token: string): number | null;
  /** [CLS], <|im_start|> and their like. */
  isSpecial(id: number): boolean;
  /** Characters of the vocabulary's longest token, as it is written there. */
  longestToken: number;
  /** How a text becomes tokens, step by step. */
  stages: TokenizerStages;
}

/** `<s>query</s></s>document</s>`, as data. Type ids are `token_type_ids`. */
export interface PairTemplate {
  prefix: readonly number[];
  middle: readonly number[];
  suffix: readonly number[];
  typeIds: { prefix: readonly number[]; first: number; middle: readonly number[]; second: number; suffix: readonly number[] };
}

export function createTokenizer(tokenizerJson: object, tokenizerConfig: object): TextTokenizer {
  try {
    const tokenizer = new Tokenizer(tokenizerJson, tokenizerConfig);
    useCharsmap(tokenizer, tokenizerJson);
    const fixSigma = sigmaFixer(tokenizer, tokenizerJson);
    const encode = (text: string) => tokenizer.encode(fixSigma(text), { add_special_tokens: false }).ids;
    const idOf = (token: string) => tokenizer.token_to_id(token) ?? null;
    const added = tokenizer.get_added_tokens_decoder();
    // transformers 5 joins tokens as they are, unless the model's files ask for the clean-up; the package's own default is the old one.
    const { clean_up_tokenization_spaces: cleanUp } = tokenizerConfig as { clean_up_tokenization_spaces?: boolean };
    return {
      encode,
      decode(ids) {
        const list = [...ids];
        return list.length === 0 ? '' : tokenizer.decode(list, { clean_up_tokenization_spaces: cleanUp ?? false });
      },
      ...template(tokenizer, encode),
      pair: pairTemplate(tokenizer, encode),
      tokenOf: (id) => tokenizer.id_to_token(id) ?? '',
      idOf,
      isSpecial: (id) => added.get(id)?.special ?? false,
      longestToken: longest(
        tokenizer.model?.tokens_to_ids.keys() ?? [],
        [...added.values()].map(({ content }) => content),
      ),
      stages: stagesOf(tokenizer, tokenizerJson, tokenizerConfig),
    };
  } catch (error) {
    throw asPoolingError(error, 'unsupported-model', 'tokenizer.json cannot be used');
  }
}

/** The post-processor as data: encode one text with and without special tokens and see what stands around it. */
function template(tokenizer: Tokenizer, encode: (text: string) => number[]): Pick<TextTokenizer, 'prefix' | 'suffix'> {
  const bare = encode('a');
  const dressed = tokenizer.encode('a').ids;
  const start = find(dressed, bare, 0);
  if (start < 0) throw new Error('its special tokens change the tokens of the text between them');
  return { prefix: dressed.slice(0, start), suffix: dressed.slice(start + bare.length) };
}

/** The same with two texts. */
function pairTemplate(tokenizer: Tokenizer, encode: (text: string) => number[]): PairTemplate | null {
  const [first, second] = [encode('a'), encode('b')];
  const { ids, token_type_ids } = tokenizer.encode('a', { text_pair: 'b', return_token_type_ids: true });
  // The package counts 1 for RoBERTa's second text; the original library, and a model with one row of type embeddings, know only 0.
  const types = token_type_ids && !postProcessors(tokenizer.post_processor).some(isRoberta) ? token_type_ids : ids.map(() => 0);
  const start = find(ids, first, 0);
  const next = find(ids, second, start + first.length);
  // A byte-level post-processor knows no pairs; this package then forgets the second text, where the original puts it behind the first.
  if (next < 0 || ids.length === first.length + second.length) return null;
  const [middle, end] = [start + first.length, next + second.length];
  return {
    prefix: ids.slice(0, start),
    middle: ids.slice(middle, next),
    suffix: ids.slice(end),
    typeIds: {
      prefix: types.slice(0, start),
      first: types[start]!,
      middle: types.slice(middle, next),
      second: types[next]!,
      suffix: types.slice(end),
    },
  };
}

function longest(...lists: Iterable<string>[]): number {
  let most = 0;
  for (const list of lists) for (const token of list) most = Math.max(most, token.length);
  return most;
}

function find(ids: readonly number[], part: readonly number[], from: number): number {
  for (let start = from; start + part.length <= ids.length; start++) {
    if (part.every((id, i) => ids[start + i] === id)) return start;
  }
  return -1;
}
