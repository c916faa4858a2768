/** A tokenizer -> the steps between a text and its tokens, for those who have to follow a character through them. */
import type { Tokenizer } from './tokenizer.ts';
import { withSigma } from './tokenizer-fixes.ts';
import { configOf, isRoberta, normalizersOf, postProcessors, stepsOf, type Config } from './tokenizer-steps.ts';

export interface TokenizerStages {
  /** Tokens that are found in the text before anything else is done to it, or after it is normalised. */
  addedTokens: readonly AddedToken[];
  normalizers: readonly Stage<string>[];
  preTokenizers: readonly Stage<string[]>[];
  /** Pieces of a pre-tokenised text -> tokens. */
  model: ModelStage;
  /** Whether offsets leave out spaces at the ends of byte-level tokens, and whether the first space may be one that was added. */
  trim: { addedSpace: boolean } | null;
  /** False if there is a step that these stages do not show. */
  complete: boolean;
}

export interface AddedToken {
  id: number;
  content: string;
  lstrip: boolean;
  rstrip: boolean;
  /** Found in the normalised text. */
  normalized: boolean;
}

/** One step; `type` and the rest of `config` as tokenizer.json has them. `section`: how many added tokens and texts between them came before. */
export interface Stage<Result> {
  type: string;
  config: Readonly<Record<string, unknown>>;
  pattern: RegExp | null;
  apply(text: string, section: number): Result;
}

export interface ModelStage {
  type: string;
  /** Of pieces that were cut from one text. */
  tokens(pieces: readonly string[]): string[];
  has(token: string): boolean;
  unknownToken: string | null;
  unknownId: number | null;
  /** `##`. */
  continuingPrefix: string;
  /** Several unknown characters in a row are one token. */
  fusesUnknown: boolean;
  /** `<0xE2>` stands for a byte of a character that has no token. */
  byteFallback: boolean;
  /** WordPiece: longer words are unknown whatever is in them. Infinity elsewhere. */
  maxWordChars: number;
}

export function stagesOf(tokenizer: Tokenizer, tokenizerJson: object, tokenizerConfig: object): TokenizerStages {
  const { pre_tokenizer } = tokenizerJson as Config;
  const { remove_space, do_lowercase_and_remove_accent } = tokenizerConfig as Config;
  return {
    addedTokens: [...tokenizer.get_added_tokens_decoder().values()],
    normalizers: normalizersOf(tokenizer, tokenizerJson).map(([step, config]) =>
      stage(step, config, (text) => step.normalize(withSigma(config, text))),
    ),
    preTokenizers: stepsOf<NonNullable<Tokenizer['pre_tokenizer']>>(tokenizer.pre_tokenizer, pre_tokenizer, 'tokenizers').map(
      ([step, config]) => stage(step, config, (text, section) => step.pre_tokenize_text(text, { section_index: section })),
    ),
    model: modelStage(tokenizer.model!),
    trim: trimming(postProcessors(tokenizer.post_processor)),
    complete: remove_space !== true && do_lowercase_and_remove_accent !== true,
  };
}

/** A text after all normalisers, as the model's pre-tokeniser gets it. */
export function normalize({ normalizers }: Pick<TokenizerStages, 'normalizers'>, text: string): string {
  return normalizers.reduce((result, stage) => stage.apply(result, 0), text);
}

function stage<Result>(step: object, config: Config, apply: Stage<Result>['apply']): Stage<Result> {
  const { pattern } = step as { pattern?: unknown };
  return { type: String(config['type']), config, pattern: pattern instanceof RegExp ? pattern : null, apply };
}

function modelStage(model: NonNullable<Tokenizer['model']>): ModelStage {
  const config = configOf(model);
  const type = String(config['type'] ?? (Array.isArray(config['vocab']) ? 'Unigram' : 'merges' in config ? 'BPE' : 'WordPiece'));
  return {
    type,
    tokens: (pieces) => model([...pieces]),
    has: (token) => model.tokens_to_ids.has(token),
    unknownToken: model.unk_token ?? null,
    unknownId: model.unk_token_id ?? null,
    continuingPrefix: type === 'WordPiece' ? String(config['continuing_subword_prefix'] ?? '##') : '',
    fusesUnknown: model.fuse_unk,
    byteFallback: config['byte_fallback'] === true,
    maxWordChars: type === 'WordPiece' ? Number(config['max_input_chars_per_word'] ?? 100) : Infinity,
  };
}

function trimming(configs: readonly Config[]): TokenizerStages['trim'] {
  const step = configs.find((config) => (config['type'] === 'ByteLevel' || isRoberta(config)) && config['trim_offsets'] !== false);
  return step ? { addedSpace: step['add_prefix_space'] !== false } : null;
}
