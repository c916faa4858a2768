/** Bytes in any pieces -> lines of text, with how many bytes there were up to the end of each. */

export interface Line {
  text: string;
  /** From the first byte of the source, line ends included. */
  end: number;
}

const NEWLINE = 10;

/** A last line without an end is a line; nothing behind the last line end is none. Throws TypeError at bytes that are not UTF-8. */
export async function* readLines(source: AsyncIterable<Uint8Array>): AsyncGenerator<Line, void, undefined> {
  // A BOM is taken away by the decoder of the first line, and kept by the others'.
  let decoder = new TextDecoder('utf-8', { fatal: true });
  let pieces: Uint8Array[] = [];
  let end = 0;
  const lineOf = (last: Uint8Array, ends: number): Line => {
    const text = decoder.decode(pieces.length === 0 ? last : joined([...pieces, last]));
    if (end === 0) decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    end = ends;
    pieces = [];
    return { text: text.endsWith('\r') ? text.slice(0, -1) : text, end };
  };
  let read = 0;
  for await (const piece of source) {
    let from = 0;
    for (let at = piece.indexOf(NEWLINE); at >= 0; at = piece.indexOf(NEWLINE, from)) {
      yield lineOf(piece.subarray(from, at), read + at + 1);
      from = at + 1;
    }
    read += piece.length;
    if (from < piece.length) pieces.push(piece.subarray(from));
  }
  if (pieces.length > 0) yield lineOf(new Uint8Array(0), read);
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
