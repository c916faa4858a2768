/** A text -> its tokens without special ones, and the range of UTF-16 units each came from; or null where that is in doubt. */
import { normalize, type AddedToken, type TokenizerStages } from './tokenizer-stages.ts';
import { alignNormalized, byClusters } from './align-normalized.ts';
import { alignPieces } from './align-pieces.ts';
import { alignTokens } from './align-tokens.ts';
import { joined, original, slice, type Aligned } from './aligned.ts';
import type { TextSettings } from './text-ids.ts';

export interface AlignedTokens {
  ids: number[];
  tokens: string[];
  starts: number[];
  ends: number[];
}

export function alignText(text: string, { tokenizer, doLowerCase }: Pick<TextSettings, 'tokenizer' | 'doLowerCase'>): AlignedTokens | null {
  const { stages, idOf, encode } = tokenizer;
  const lowered = doLowerCase ? byClusters(original(text), (part) => part.toLowerCase()) : original(text);
  const whole = doLowerCase ? text.toLowerCase() : text;
  if (!stages.complete || lowered?.text !== whole) return null;
  const result: AlignedTokens = { ids: [], tokens: [], starts: [], ends: [] };
  const add = (id: number | null, token: string, start: number, end: number) => {
    result.ids.push(id ?? -1);
    result.tokens.push(token);
    result.starts.push(start);
    result.ends.push(end);
  };
  const addToken = ({ id }: AddedToken, { text, starts, ends }: Aligned) => {
    add(id, text, starts[0]!, ends.at(-1)!);
    return true;
  };
  const addSection = (section: Aligned, index: number): boolean => {
    const pieces = alignPieces(section, stages.preTokenizers, index);
    return (
      pieces?.every((piece) =>
        alignTokens(piece, stages.model.tokens([piece.text]), stages.model, (token, start, end) =>
          add(idOf(token) ?? stages.model.unknownId, token, start, end),
        ),
      ) ?? false
    );
  };
  const { raw, normalized } = addedTokensOf(stages);
  const done = split(lowered, raw).every((section, index) => {
    if (section.token) return addToken(section.token, section.text);
    if (section.text.text === '') return true;
    const text = alignNormalized(section.text, stages.normalizers);
    if (!text) return false;
    return split(text, normalized).every((part) => {
      if (part.token) return addToken(part.token, part.text);
      return part.text.text === '' || addSection(part.text, index);
    });
  });
  // The last word has the tokenizer itself.
  const ids = encode(whole);
  return done && ids.length === result.ids.length && ids.every((id, i) => id === result.ids[i]) ? result : null;
}

interface Finder {
  pattern: RegExp | null;
  tokens: ReadonlyMap<string, AddedToken>;
}

const finders = new WeakMap<TokenizerStages, { raw: Finder; normalized: Finder }>();

/** Added tokens that are looked for in the text as it is, and in the normalised text. */
function addedTokensOf(stages: TokenizerStages): { raw: Finder; normalized: Finder } {
  let found = finders.get(stages);
  if (!found) {
    const late = (token: AddedToken) => token.normalized && stages.normalizers.length > 0;
    found = {
      raw: finder(stages.addedTokens.filter((token) => !late(token)).map((token) => [token.content, token])),
      normalized: finder(stages.addedTokens.filter(late).map((token) => [normalize(stages, token.content), token])),
    };
    finders.set(stages, found);
  }
  return found;
}

function finder(entries: readonly [string, AddedToken][]): Finder {
  const tokens = new Map(entries.filter(([content]) => content !== ''));
  const longestFirst = [...tokens.keys()].sort((a, b) => b.length - a.length);
  const source = longestFirst.map((content) => content.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')).join('|');
  return { tokens, pattern: source === '' ? null : new RegExp(source, 'g') };
}

interface Section {
  text: Aligned;
  /** Null: text between added tokens. */
  token: AddedToken | null;
}

/** Added tokens take the white space around them with them, where they say so. */
function split(text: Aligned, { pattern, tokens }: Finder): Section[] {
  const sections: Section[] = [];
  const push = (start: number, end: number, token: AddedToken | null) => {
    if (end <= start) return;
    sections.push({ text: slice(text, start, end), token });
  };
  let at = 0;
  for (const match of pattern ? text.text.matchAll(pattern) : []) {
    push(at, match.index, null);
    at = match.index + match[0].length;
    push(match.index, at, tokens.get(match[0])!);
  }
  push(at, text.text.length, null);
  sections.forEach((section, i) => {
    const [before, after] = [sections[i - 1], sections[i + 1]];
    if (section.token?.lstrip && before && !before.token) give(before, before.text.text.trimEnd().length, section, 'before');
    if (section.token?.rstrip && after && !after.token)
      give(after, after.text.text.length - after.text.text.trimStart().length, section, 'after');
  });
  return sections;
}

/** Moves what lies behind `at`, or before it, from a text to the added token beside it. */
function give(from: Section, at: number, to: Section, side: 'before' | 'after'): void {
  const [head, tail] = [slice(from.text, 0, at), slice(from.text, at, from.text.text.length)];
  const [kept, given] = side === 'before' ? [head, tail] : [tail, head];
  from.text = kept;
  to.text = joined(side === 'before' ? [given, to.text] : [to.text, given]);
}
