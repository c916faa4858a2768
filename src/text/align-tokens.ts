/** A piece and the tokens that the model made of it -> the range of the original of each token; or null where they do not add up. */
import type { ModelStage } from './tokenizer-stages.ts';
import type { Aligned } from './aligned.ts';

const BYTE = /^<0x[0-9A-F]{2}>$/;
const encoder = new TextEncoder();

/** `add` gets each token's range in the original. */
export function alignTokens(
  piece: Aligned,
  tokens: readonly string[],
  model: ModelStage,
  add: (token: string, start: number, end: number) => void,
): boolean {
  let at = 0;
  const take = (token: string, length: number) => {
    add(token, piece.starts[at]!, piece.ends[at + length - 1]!);
    at += length;
  };
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!;
    const rest = piece.text.slice(at);
    const letters =
      at > 0 && model.continuingPrefix && token.startsWith(model.continuingPrefix) ? token.slice(model.continuingPrefix.length) : token;
    if (rest === '') return false;
    if (letters !== '' && rest.startsWith(letters)) {
      take(token, letters.length);
    } else if (model.byteFallback && BYTE.test(token)) {
      const char = String.fromCodePoint(rest.codePointAt(0)!);
      const { length } = encoder.encode(char);
      // One token for each byte of a character, all with its range.
      for (let k = 0; k < length; k++) {
        const byte = tokens[i + k];
        if (byte === undefined || !BYTE.test(byte)) return false;
        add(byte, piece.starts[at]!, piece.ends[at]!);
      }
      i += length - 1;
      at += char.length;
    } else if (token === model.unknownToken) {
      take(token, unknownLength(rest, model));
    } else {
      return false;
    }
  }
  return at === piece.text.length;
}

/** WordPiece gives up on a whole word; the others on a character, or on all of a row. */
function unknownLength(rest: string, model: ModelStage): number {
  if (model.type === 'WordPiece') return rest.length;
  let length = 0;
  for (const char of rest) {
    if (length > 0 && (!model.fusesUnknown || model.has(char))) break;
    length += char.length;
  }
  return length;
}
