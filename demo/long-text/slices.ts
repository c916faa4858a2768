/**
 * A long text in, slices of it out, cut at white space: tokenised one by one they give the ids of the whole, no message to the worker is large,
 * and a cancel is heard at once. Where there is no white space the cut falls anywhere, but never inside a character.
 */
export interface Slice {
  /** Where it begins in the text. */
  start: number;
  text: string;
}

const most = 8000;

export function* slices(text: string, size = most): Generator<Slice> {
  for (let start = 0; start < text.length;) {
    const end = start + size < text.length ? cut(text, start, start + size) : text.length;
    yield { start, text: text.slice(start, end) };
    start = end;
  }
}

function cut(text: string, start: number, limit: number): number {
  for (let end = limit; end > start; end--) if (/\s/.test(text[end]!)) return end;
  return /[\uDC00-\uDFFF]/.test(text[limit]!) ? limit - 1 : limit;
}
