/** A text -> slices of it that are no longer than `size`, none of which ends inside a character; and how many tokens it can have at most. */

/** What long texts are read in, in every realm. */
export const PART_CHARS = 65_536;

export function* textParts(text: string, size: number): Generator<string> {
  for (let start = 0, end; start < text.length; start = end) {
    end = Math.min(start + size, text.length);
    // Not between the two halves of a surrogate pair.
    if (text.codePointAt(end - 1)! > 0xffff) end--;
    yield text.slice(start, end);
  }
}

/** A token is a byte of its text at least: of the text as it is, or as a tokenizer makes it first, where one character may become many. */
export function bytesIn(text: string): number {
  const encoder = new TextEncoder();
  return Math.max(encoder.encode(text).length, encoder.encode(text.normalize('NFKD')).length);
}
