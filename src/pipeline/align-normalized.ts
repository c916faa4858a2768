/**
 * An aligned text and a tokenizer's normalisers -> the normalised text, aligned with the same original; or null where the two do not add up.
 *
 *   "Ａ" + "ｅ" + "́"  -NFKC->  "A" + "é"      "A" came from "Ａ", "é" from "ｅ": a mark that melts into a letter leaves the letter's range
 */
import type { Stage } from '../model/tokenizer-stages.ts';
import { AlignedBuilder, slice, type Aligned } from './aligned.ts';

/** Characters that a normaliser may look at together: one and the marks on it, and the letters of a Hangul syllable. */
const CLUSTER = /[\s\S](?:\p{M}|[\u1160-\u11ff\ud7b0-\ud7ff\uff9e\uff9f])*/gu;
/** A cluster is normalised once for each of its characters. No writing stacks this many marks. */
const MAX_CLUSTER = 64;

export function alignNormalized(text: Aligned, stages: readonly Stage<string>[]): Aligned | null {
  let result: Aligned | null = text;
  for (const stage of stages) result = result && step(result, stage);
  return result;
}

function step(input: Aligned, stage: Stage<string>): Aligned | null {
  const expected = stage.apply(input.text, 0);
  const composes = stage.type === 'NFC' || stage.type === 'NFKC';
  const source = stage.type === 'Precompiled' ? withWholeLineEnds(input) : input;
  const result = special(input, stage) ?? byClusters(source, (text) => stage.apply(text, 0), composes);
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

/** SentencePiece's table takes "\r\n" for one character, and what becomes of it stands where the "\r" did. */
function withWholeLineEnds(input: Aligned): Aligned {
  if (!input.text.includes('\r\n')) return input;
  const result = new AlignedBuilder();
  for (let i = 0; i < input.text.length; i++) {
    result.pushAs(input.text[i]!, input, input.text[i] === '\n' && input.text[i - 1] === '\r' ? i - 1 : i);
  }
  return result;
}

/**
 * For steps that treat each character, or each with its marks, alike wherever it stands. `composes`: marks may melt into the first letter; the
 * original library takes them for the next ones, whichever they are, so that those left over are the last.
 */
export function byClusters(input: Aligned, apply: (text: string) => string, composes = false): Aligned | null {
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
    const left = [...whole];
    const melted = composes ? chars.length - left.length : 0;
    let at = index;
    if (melted > 0) {
      chars.forEach((char, i) => {
        if (i === 0 || i > melted) result.pushAs(left[i === 0 ? 0 : i - melted] ?? '', input, at);
        at += char.length;
      });
      continue;
    }
    let prefix = '';
    let done = 0;
    for (const char of chars) {
      prefix += char;
      // What is new with this character came from it.
      const { length } = prefix === cluster ? whole : normal(prefix);
      if (length > done) result.pushAs(whole.slice(done, length), input, at);
      done = Math.max(done, length);
      at += char.length;
    }
    // It got shorter again: no telling what came from where.
    if (done !== whole.length) return null;
  }
  return result;
}
