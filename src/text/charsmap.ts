/**
 * SentencePiece's `precompiled_charsmap` -> what it makes of a text. The tokenizer package has NFKC with exceptions in its place, which makes a
 * space of a zero-width joiner, and with that other tokens of an emoji or of a Persian word than the model was trained on.
 *
 * Format, little-endian: uint32 bytes of the trie; the trie, a double array of uint32 units (darts-clone); then texts, each ended by a 0.
 */
const MAX_GRAPHEME_BYTES = 6;
/** What may be a grapheme of several characters, and every single character that is no printable ASCII, which no table changes. */
const CLUSTER = /\r\n|[\s\S][\p{M}\p{Cf}\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff\uff9e\uff9f]+|[^ -~]/gu;
/** V8's strings of up to so many characters are their own. */
const LONGEST_KEPT = 12;
const MOST_KEPT = 16_384;

/** Null for a table that is empty. */
export function readCharsmap(base64: string): ((text: string) => string) | null {
  const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  if (bytes.length < 4) return null;
  const trieBytes = new DataView(bytes.buffer).getUint32(0, true);
  if (trieBytes % 4 !== 0 || 4 + trieBytes > bytes.length) throw new Error('its precompiled_charsmap is cut off or damaged');
  const trie = new Uint32Array(bytes.slice(4, 4 + trieBytes).buffer);
  const texts = bytes.subarray(4 + trieBytes);
  const encoder = new TextEncoder();
  const decoder = new TextDecoder();
  /** The replacement of the shortest entry that `chunk` begins with, which stands for all of it, as in the original library; null: none. */
  const replacement = remembered((chunk) => {
    const found = shortestEntry(trie, encoder.encode(chunk));
    return found < 0 ? null : decoder.decode(texts.subarray(found, texts.indexOf(0, found)));
  });
  function ofGrapheme(grapheme: string): string {
    const whole = encoder.encode(grapheme).length < MAX_GRAPHEME_BYTES ? replacement(grapheme) : null;
    if (whole !== null) return whole;
    let result = '';
    for (const char of grapheme) result += replacement(char) ?? char;
    return result;
  }
  const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  /** A segmenter takes microseconds for each text, however short. */
  const ofCluster = remembered((cluster) => {
    if ([...cluster].length === 1) return replacement(cluster) ?? cluster;
    return Array.from(segmenter.segment(cluster), ({ segment }) => ofGrapheme(segment)).join('');
  });
  return (text) => text.replace(CLUSTER, ofCluster);
}

/** A text has the same few again and again. What is longer would keep the whole text, of which the runtime makes it a part. */
function remembered<T extends string | null>(of: (chunk: string) => T): (chunk: string) => T {
  const known = new Map<string, T>();
  return (chunk) => {
    const found = known.get(chunk);
    if (found !== undefined) return found;
    const result = of(chunk);
    if (chunk.length <= LONGEST_KEPT && known.size < MOST_KEPT) known.set(chunk, result);
    return result;
  };
}

/** Its value, or -1. A unit holds an offset to its children, a label, and whether it has a value (darts-clone). */
function shortestEntry(trie: Uint32Array, key: Uint8Array): number {
  const offset = (unit: number) => (unit >>> 10) << ((unit & (1 << 9)) >>> 6);
  let at = offset(trie[0]!);
  for (const byte of key) {
    if (byte === 0) return -1;
    at ^= byte;
    const unit = trie[at];
    if (unit === undefined || (unit & 0x800000ff) >>> 0 !== byte) return -1;
    at ^= offset(unit);
    if ((unit >>> 8) & 1) return trie[at]! & 0x7fffffff;
  }
  return -1;
}
