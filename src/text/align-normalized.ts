/**
 * An aligned text and a tokenizer's normalisers -> the normalised text, aligned with the same original; or null where the two do not add up.
 *
 *   "Ａ" + "ｅ" + "́"  -NFKC->  "A" + "é"      "A" came from "Ａ", "é" from "ｅ": a mark that melts into a letter leaves the letter's range
 */
import type { Stage } from './tokenizer-stages.ts';
import { AlignedBuilder, slice, type Aligned } from './aligned.ts';

/** Characters that a normaliser may look at together: one and the marks on it, the letters of a Hangul syllable, a line end. */
const CLUSTER = /\r\n|[\s\S](?:\p{M}|[\u1160-\u11ff\ud7b0-\ud7ff\uff9e\uff9f])*/gu;
/** A cluster is normalised once for each of its characters. No writing stacks this many marks. */
const MAX_CLUSTER = 64;

export function alignNormalized(text: Aligned, stages: readonly Stage<string>[]): Aligned | null {
  let result: Aligned | null = text;
  for (const stage of stages) result = result && step(result, stage);
  return result;
}

function step(input: Aligned, stage: Stage<string>): Aligned | null {
  const expected = stage.apply(input.text, 0);
  const joining = stage.type === 'Precompiled' ? 'table' : /^NFK?C$/.test(stage.type) ? 'composed' : 'none';
  const result = special(input, stage) ?? byClusters(input, (text) => stage.apply(text, 0), joining);
  return result?.text === expected ? result : null;
}

/** Steps that are more than a change of single characters. */
function special(input: Aligned, { type, config, pattern }: Stage<string>): Aligned | null {
  if (type === 'Strip') {
    const start = config['strip_left'] ? input.text.length - input.text.trimStart().length : 0;
    const end = config['strip_right'] ? input.text.trimEnd().length : input.text.length;
    return slice(input, start, Math.max(start, end));
  }
  const result = new AlignedBuilder();
  if (type === 'Prepend' && input.text !== '') {
    result.pushAs(String(config['prepend']), input, 0);
    result.append(input);
    return result;
  }
  if (type !== 'Replace' || !pattern) return null;
  let at = 0;
  for (const match of input.text.matchAll(pattern)) {
    const end = match.index + match[0].length;
    result.append(slice(input, at, match.index));
    // All of it stands where the last character did, as in the original library.
    if (end > match.index) result.pushAs(String(config['content'] ?? ''), input, end - 1);
    at = end;
  }
  result.append(slice(input, at, input.text.length));
  return result;
}

/** How marks and the letter before them may become one: not at all, as Unicode composes them, or by SentencePiece's table. */
type Joining = 'none' | 'composed' | 'table';

/** For steps that treat each character, or each with its marks, alike wherever it stands. */
export function byClusters(input: Aligned, apply: (text: string) => string, joining: Joining = 'none'): Aligned | null {
  const known = new Map<string, string>();
  const normal = (text: string) => {
    let result = known.get(text);
    if (result === undefined) known.set(text, (result = apply(text)));
    return result;
  };
  const result = new AlignedBuilder();
  for (const { 0: cluster, index } of input.text.matchAll(CLUSTER)) {
    const chars = [...cluster];
    if (chars.length > MAX_CLUSTER) return null;
    const whole = normal(cluster);
    const single = chars.map(normal);
    const parts = single.join('') === whole ? single : shares(chars, whole, normal, joining);
    if (parts?.join('') !== whole) return null;
    let at = index;
    chars.forEach((char, i) => {
      result.pushAs(parts[i] ?? '', input, at);
      at += char.length;
    });
  }
  return result;
}

/** What came from each character of a cluster that is more, or less, than its characters one by one. */
function shares(chars: readonly string[], whole: string, normal: (text: string) => string, joining: Joining): string[] | null {
  const left = [...whole];
  const melted = chars.length - left.length;
  // The original library takes the marks that melted into the letter for the next ones, whichever they are: those left over are the last.
  if (joining === 'composed' && melted > 0) return chars.map((_, i) => (i === 0 ? (left[0] ?? '') : i > melted ? left[i - melted]! : ''));
  // One by one, and what is too much belongs to the last.
  if (joining === 'table') return chars.map((_, i) => (i === chars.length - 1 ? left.slice(i).join('') : (left[i] ?? '')));
  // What is new with a character came from it.
  let done = 0;
  return chars.map((_, i) => {
    const { length } = normal(chars.slice(0, i + 1).join(''));
    const share = whole.slice(done, Math.max(done, length));
    done = Math.max(done, length);
    return share;
  });
}
