/**
 * A text and its token ids -> where in the text each token came from, as Hugging Face's fast tokenizers say it: [start, end) in UTF-16 units,
 * [0, 0) for what the template added. Null rather than a range that may be wrong.
 */
import { throwIfAborted } from '../errors.ts';
import { alignText, type AlignedTokens } from './align-text.ts';
import { segmentsOf, type TextSettings } from './text-ids.ts';

/** Texts up to this length are followed in one go, which spares the doubt about seams. */
const WHOLE_CHARS = 65_536;
/** White space at a token's ends; a byte-level token writes a space as Ġ. */
const LEADING = /^[Ġ\s]*/u;
const TRAILING = /[Ġ\s]*$/u;

/** `text`: all that was tokenised, a prompt included. `ids`: what became of it, with or without special tokens, cut on either side or whole. */
export async function offsetsOf(text: string, ids: Int32Array, settings: TextSettings): Promise<Int32Array | null> {
  const { prefix, suffix, stages } = settings.tokenizer;
  const dressed =
    ids.length >= prefix.length + suffix.length &&
    prefix.every((id, i) => ids[i] === id) &&
    suffix.every((id, i) => ids[ids.length - suffix.length + i] === id);
  const core = dressed ? ids.subarray(prefix.length, ids.length - suffix.length) : ids;
  const all = await alignSegments(text, core, settings);
  if (!all) return null;
  // Cut from the right, from the left, or not at all.
  const first = [0, all.ids.length - core.length].find((start) => start >= 0 && core.every((id, i) => id === all.ids[start + i]));
  if (first === undefined) return null;
  const offsets = new Int32Array(ids.length * 2);
  const skipped = dressed ? prefix.length : 0;
  for (let i = 0; i < core.length; i++) {
    const from = first + i;
    let [start, end] = [all.starts[from]!, all.ends[from]!];
    if (stages.trim) {
      const mayBeAdded = stages.trim.addedSpace && (i === 0 || start === 0);
      [start, end] = trimmed(text, all.tokens[from]!, start, end, mayBeAdded);
    }
    offsets.set([start, end], (skipped + i) * 2);
  }
  return offsets;
}

/** Piece by piece, until there are tokens enough. */
async function alignSegments(text: string, core: Int32Array, settings: TextSettings): Promise<AlignedTokens | null> {
  const all: AlignedTokens = { ids: [], tokens: [], starts: [], ends: [] };
  let at = 0;
  const pieces = text.length <= WHOLE_CHARS ? [text] : segmentsOf([text], settings);
  for (const piece of pieces) {
    if (at > 0) await settings.pause();
    throwIfAborted(settings.signal);
    // A seam that swallowed its space: the token after it may or may not begin there.
    if (!text.startsWith(piece, at)) return null;
    const aligned = alignText(piece, settings);
    if (!aligned) return null;
    for (let i = 0; i < aligned.ids.length; i++) {
      all.ids.push(aligned.ids[i]!);
      all.tokens.push(aligned.tokens[i]!);
      all.starts.push(at + aligned.starts[i]!);
      all.ends.push(at + aligned.ends[i]!);
    }
    at += piece.length;
    if (all.ids.length >= core.length && core.every((id, i) => id === all.ids[i])) break;
  }
  return all;
}

/**
 * Without the spaces at a byte-level token's ends, counted in characters. A single one at the start may be one that the tokenizer put there, and
 * was never in the text.
 */
function trimmed(text: string, token: string, start: number, end: number, mayBeAdded: boolean): [number, number] {
  const leading = LEADING.exec(token)![0].length;
  const trailing = TRAILING.exec(token)![0].length;
  let from = start;
  for (let i = 0; i < leading && !(mayBeAdded && leading === 1) && from < end; i++) from += text.codePointAt(from)! > 0xffff ? 2 : 1;
  return [from, end >= trailing ? Math.max(end - trailing, from) : end];
}
