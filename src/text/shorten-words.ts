/**
 * A text in parts -> the same tokens from less text: what lies inside a word that is too long to be known, for WordPiece.
 *
 * WordPiece takes a word of more than 100 characters for [UNK] whatever is in it, so the ten millionth `a` of a word changes nothing. Characters
 * that the normaliser removes change nothing either. Other tokenizers' texts come out as they are.
 */
import type { TextTokenizer } from './tokenizer.ts';
import { normalize } from './tokenizer-stages.ts';
import { textParts } from '../text-parts.ts';

const BLOCK_CHARS = 4_096;
/** Every character that ends a word for BERT: white space, punctuation, every ASCII symbol, and the ideographs that stand alone. */
const WORD_END = /[\s\p{P}$+<=>^`|~\p{Script=Han}\u3400-\u9fff\uf900-\ufaff]/u;

/** Where a tokenizer ends words for certain; null if that is not known. */
export function separatorsOf({ stages: { model, preTokenizers, normalizers, complete, addedTokens } }: TextTokenizer): RegExp | null {
  const bert =
    model.type === 'WordPiece' &&
    complete &&
    preTokenizers.length === 1 &&
    preTokenizers[0]!.type === 'BertPreTokenizer' &&
    normalizers.every(({ type }) => type === 'BertNormalizer') &&
    // One that is a word could be found inside another.
    addedTokens.every(({ content }) => WORD_END.test(content));
  return bert ? WORD_END : null;
}

export function* shortenWords(texts: Iterable<string>, tokenizer: TextTokenizer): Generator<string> {
  const wordEnd = separatorsOf(tokenizer);
  if (!wordEnd) return yield* texts;
  const { encode, stages } = tokenizer;
  const { maxWordChars } = stages.model;
  let inLongWord = false;
  for (const block of blocks(texts)) {
    if (wordEnd.test(block)) {
      inLongWord = false;
      yield block;
      continue;
    }
    const chars: number = inLongWord ? 0 : [...normalize(stages, block)].length;
    // An empty part stands for one that is left out, so that the reader can look up.
    yield chars === 0 ? '' : block;
    inLongWord ||= chars > maxWordChars && encode(block).length === 1;
  }
}

function* blocks(texts: Iterable<string>): Generator<string> {
  for (const text of texts) yield* textParts(text, BLOCK_CHARS);
}
