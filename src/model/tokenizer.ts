/** tokenizer.json and tokenizer_config.json -> text to ids and back. The only door to @huggingface/tokenizers. */
import { Tokenizer } from '@huggingface/tokenizers';
import { asPoolingError } from '../errors.ts';

export interface TextTokenizer {
  /** Ids of a text without special tokens. */
  encode(text: string): number[];
  /** What the model's template puts before and after one text: [CLS] and [SEP], BOS, EOS, or nothing. */
  prefix: readonly number[];
  suffix: readonly number[];
  /** The token's string, e.g. `##ing`; `` for an id that is not in the vocabulary. */
  tokenOf(id: number): string;
}

export function createTokenizer(tokenizerJson: object, tokenizerConfig: object): TextTokenizer {
  try {
    const tokenizer = new Tokenizer(tokenizerJson, tokenizerConfig);
    const encode = (text: string) => tokenizer.encode(text, { add_special_tokens: false }).ids;
    return { encode, ...template(tokenizer, encode), tokenOf: (id) => tokenizer.id_to_token(id) ?? '' };
  } catch (error) {
    throw asPoolingError(error, 'unsupported-model', 'tokenizer.json cannot be used');
  }
}

/** The post-processor as data: encode one text with and without special tokens and see what stands around it. */
function template(tokenizer: Tokenizer, encode: (text: string) => number[]): Pick<TextTokenizer, 'prefix' | 'suffix'> {
  const bare = encode('a');
  const dressed = tokenizer.encode('a').ids;
  for (let start = 0; start + bare.length <= dressed.length; start++) {
    if (bare.every((id, i) => dressed[start + i] === id)) {
      return { prefix: dressed.slice(0, start), suffix: dressed.slice(start + bare.length) };
    }
  }
  throw new Error('its special tokens change the tokens of the text between them');
}
