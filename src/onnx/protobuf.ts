/** Protobuf's wire format: bytes of a message -> its fields, and back. Knows no message; values that nobody asks for are stepped over. */

export interface Field {
  number: number;
  /** The value of a field that is a whole number; null for all others, whose value is the bytes from `at` to `end`. */
  value: number | null;
  /** Where the field begins, tag included. */
  begin: number;
  at: number;
  end: number;
}

/** What `bytes` cannot be read as; the message says where. */
export class BrokenMessage extends Error {}

export function* readFields(bytes: Uint8Array, begin: number, end: number): Generator<Field> {
  let at = begin;
  while (at < end) {
    const start = at;
    const [tag, afterTag] = readVarint(bytes, at, end);
    const wireType = tag % 8;
    let value: number | null = null;
    let length = fixedLengths[wireType];
    at = afterTag;
    if (wireType === 0) [value, at] = readVarint(bytes, at, end);
    else if (wireType === 2) [length, at] = readVarint(bytes, at, end);
    if (length === undefined) throw new BrokenMessage(`byte ${start} has wire type ${wireType}`);
    if (tag < 8 || at + length > end) throw new BrokenMessage(`byte ${at} asks for ${length} more, where there are ${end - at}`);
    yield { number: Math.floor(tag / 8), value, begin: start, at, end: at + length };
    at += length;
  }
}

/** Bytes of a value by its wire type; 2 says so itself. 3 and 4 are obsolete and in no ONNX file. */
const fixedLengths: Readonly<Record<number, number>> = { 0: 0, 1: 8, 2: 0, 5: 4 };

/** The number at `at`, and where the next thing begins. */
export function readVarint(bytes: Uint8Array, at: number, end: number): [value: number, next: number] {
  let value = 0;
  for (let scale = 1; at < end; scale *= 128) {
    const byte = bytes[at++] as number;
    value += (byte & 127) * scale;
    if (byte < 128) return [value, at];
  }
  throw new BrokenMessage(`a number at byte ${at} has no end`);
}

export function encodeVarint(value: number): Uint8Array {
  const bytes: number[] = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) + 128);
  return Uint8Array.from([...bytes, value]);
}

/** A field with a text, a number, or bytes: those of a message are its fields one behind the other. */
export function encodeField(number: number, ...content: readonly (Uint8Array | string)[] | readonly [number]): Uint8Array {
  if (typeof content[0] === 'number') return concat(encodeVarint(number * 8), encodeVarint(content[0]));
  const body = concat(
    ...(content as readonly (Uint8Array | string)[]).map((part) => (typeof part === 'string' ? new TextEncoder().encode(part) : part)),
  );
  return concat(encodeVarint(number * 8 + 2), encodeVarint(body.length), body);
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
