/** An aligned, normalised text and a tokenizer's pre-tokenisers -> the pieces that its model sees, aligned; or null in doubt. */
import type { Stage } from './tokenizer-stages.ts';
import { AlignedBuilder, slice, type Aligned } from './aligned.ts';

export function alignPieces(text: Aligned, stages: readonly Stage<string[]>[], section: number): Aligned[] | null {
  let pieces: Aligned[] = [text];
  for (const stage of stages) {
    const next: Aligned[] = [];
    for (const piece of pieces) {
      const parts = stage.apply(piece.text, section);
      const aligned = source(piece, stage, parts.join(''));
      const found = aligned && locate(aligned, parts);
      if (!found) return null;
      next.push(...found);
    }
    pieces = next;
  }
  return pieces;
}

/** The text as this step writes it, before it is cut. `joined`: what it made of the whole. */
function source(piece: Aligned, { type, config }: Stage<string[]>, joined: string): Aligned | null {
  if (type === 'ByteLevel')
    return bytes(config['add_prefix_space'] === true && !piece.text.startsWith(' ') ? prepended(' ', piece) : piece, joined);
  if (type !== 'Metaspace') return piece;
  const mark = String(config['str_rep'] || config['replacement'] || '▁');
  const result = new AlignedBuilder();
  for (let i = 0; i < piece.text.length; i++) result.pushAs(piece.text[i] === ' ' ? mark : piece.text[i]!, piece, i);
  return result.text === joined ? result : prepended(mark, result);
}

/** What is put in front counts as part of the first character. */
function prepended(text: string, piece: Aligned): Aligned {
  if (piece.text === '') return piece;
  const result = new AlignedBuilder();
  result.pushAs(text, piece, 0);
  result.append(piece);
  return result;
}

/** Byte-level pieces have one letter for each byte of UTF-8. `joined`: those letters. */
function bytes(piece: Aligned, joined: string): Aligned | null {
  const result = new AlignedBuilder();
  const encoder = new TextEncoder();
  let at = 0;
  for (const char of piece.text) {
    const { length } = encoder.encode(char);
    result.pushAs(joined.slice(result.text.length, result.text.length + length), piece, at);
    at += char.length;
  }
  return result.text === joined ? result : null;
}

/** The parts in the text they were cut from, one behind the other; what lies between them was dropped. */
function locate(text: Aligned, parts: readonly string[]): Aligned[] | null {
  const found: Aligned[] = [];
  let at = 0;
  for (const part of parts) {
    const start = text.text.indexOf(part, at);
    if (start < 0) return null;
    at = start + part.length;
    found.push(slice(text, start, at));
  }
  return found;
}
