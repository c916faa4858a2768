/** A text and a counter of tokens -> passages of at most so many tokens, cut between sentences, that cover all of it. */
import { pacer } from './pacer.ts';
import { halves, sentences, type Range } from './sentences.ts';

/** Sentences that are counted at a time. */
const COUNTED = 256;

/** Tokens of each text, special tokens not counted. */
export type CountTokens = (texts: string[]) => Promise<number[]>;

/**
 * Sentences are packed as long as they fit. One that does not is halved between words until it does. Tokens of a passage may be fewer than the
 * sum of its sentences', and never more than one more each where they meet, which `most` has room for. A long text leaves its thread room to breathe.
 * Throws `aborted`.
 */
export async function passagesOf(text: string, most: number, count: CountTokens, signal: AbortSignal | undefined): Promise<Range[]> {
  const pace = pacer(signal);
  const passages: (Range & { tokens: number })[] = [];
  let uncounted: Range[] = [];
  const take = async () => {
    for (const part of await fitting(text, uncounted, most, count)) {
      const last = passages.at(-1);
      if (last && last.tokens + part.tokens <= most) {
        last.end = part.end;
        last.tokens += part.tokens;
      } else passages.push({ ...part });
    }
    uncounted = [];
  };
  for (const sentence of sentences(text)) {
    if (uncounted.push(sentence) === COUNTED) await take();
    await pace();
  }
  if (uncounted.length > 0) await take();
  const whole = passages.map(({ start, end }) => trimmed(text, { start, end })).filter(({ start, end }) => end > start);
  return whole.length > 0 ? whole : [{ start: 0, end: text.length }];
}

async function fitting(text: string, ranges: Range[], most: number, count: CountTokens): Promise<(Range & { tokens: number })[]> {
  const counts = await count(ranges.map(({ start, end }) => text.slice(start, end)));
  const fitted: (Range & { tokens: number })[] = [];
  for (const [i, range] of ranges.entries()) {
    const tokens = counts[i]!;
    const cut = tokens > most ? halves(text, range) : null;
    if (cut) fitted.push(...(await fitting(text, cut, most, count)));
    else fitted.push({ ...range, tokens });
  }
  return fitted;
}

/** Without the white space around it. */
function trimmed(text: string, { start, end }: Range): Range {
  const part = text.slice(start, end);
  return { start: start + (part.length - part.trimStart().length), end: end - (part.length - part.trimEnd().length) };
}
