/** Where the tokenizer package and the original library differ on a text -> the original's way. */
import { readCharsmap } from './charsmap.ts';
import type { Tokenizer } from './tokenizer.ts';
import { normalizersOf, type Config } from './tokenizer-steps.ts';

/** Puts SentencePiece's own table in the place of the package's stand-in. */
export function useCharsmap(tokenizer: Tokenizer, tokenizerJson: object): void {
  for (const [step, { type, precompiled_charsmap }] of normalizersOf(tokenizer, tokenizerJson)) {
    if (type !== 'Precompiled' || typeof precompiled_charsmap !== 'string') continue;
    const normalize = readCharsmap(precompiled_charsmap);
    if (normalize) step.normalize = normalize;
  }
}

/** Puts the sigma right before the first step. */
export function sigmaFixer(tokenizer: Tokenizer, tokenizerJson: object): (text: string) => string {
  const configs = normalizersOf(tokenizer, tokenizerJson).map(([, config]) => config);
  return (text) => configs.reduce((fixed, config) => withSigma(config, fixed), text);
}

/**
 * The package lower-cases whole texts, for which JavaScript makes a sigma at the end of a word a `ς`. The original library goes letter by letter,
 * and models were trained on its `σ`.
 */
export function withSigma(config: Config, text: string): string {
  const lowers = config['type'] === 'Lowercase' || (config['type'] === 'BertNormalizer' && config['lowercase'] === true);
  return lowers ? text.replaceAll('Σ', 'σ') : text;
}
