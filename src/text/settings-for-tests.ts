/** What a text is tokenised with where nothing is asked for: MiniLM's vocabulary, no truncation, no prompt. */
import { pause } from '../pause.ts';
import type { TextTokenizer } from './tokenizer.ts';
import type { TokenizeSettings } from './tokenize.ts';

export function settingsFor(tokenizer: TextTokenizer): TokenizeSettings {
  return {
    tokenizer,
    vocabSize: 30_522,
    doLowerCase: false,
    addSpecialTokens: true,
    truncation: null,
    prompt: null,
    includePrompt: true,
    pause,
  };
}
