/** Parts of a server's answer, which may be anything -> numbers that can be trusted to be complete, in order and finite. Else `server-error`. */
import { PoolingError, shown } from '../errors.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** `what` goes on from "answered". */
export function wrong(what: string): PoolingError {
  return new PoolingError('server-error', `The server answered ${what}: that cannot be right, and nothing of it is used.`);
}

export function fieldsOf(value: unknown, what: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw wrong(`no object as ${what}`);
}

export function listOf(value: unknown, count: number, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw wrong(`no list as ${what}`);
  if (value.length !== count) throw wrong(`${value.length} ${what} for ${count} inputs`);
  return value;
}

/** Items that say which input they are for, in any order -> in the order of the inputs, each there once. */
export function byIndex(value: unknown, count: number, what: string): Fields[] {
  const ordered: (Fields | undefined)[] = Array.from({ length: count });
  for (const item of listOf(value, count, what)) {
    const fields = fieldsOf(item, `one of ${what}`);
    const index = fields['index'] as number;
    if (!Number.isInteger(index) || index < 0 || index >= count) throw wrong(`${what} with the index ${shown(index)} for ${count} inputs`);
    if (ordered[index]) throw wrong(`${what} with the index ${index} twice`);
    ordered[index] = fields;
  }
  return ordered as Fields[];
}

/** One vector: numbers, or base64 of float32 with the lowest byte first. */
export function vectorOf(value: unknown, what: string): Float32Array {
  const vector = typeof value === 'string' ? fromBase64(value, what) : numbersOf(value, what);
  if (vector.length === 0) throw wrong(`an empty list as ${what}`);
  // After the rounding to float32, which can overflow.
  if (!vector.every(Number.isFinite)) throw wrong(`a number that is not finite in ${what}`);
  return vector;
}

export function numberOf(value: unknown, what: string): number {
  return vectorOf([value], what)[0]!;
}

/** Tokens that the model reads at once. A server that says nothing of use has the last word itself. */
export function lengthOf(value: unknown): number {
  return Number.isInteger(value) && (value as number) > 0 ? (value as number) : Infinity;
}

/** Texts by their names; what is none is left out. */
export function textsOf(value: unknown): Record<string, string> {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

/** A row for each token, one row, or one number -> rows of equal length, flat. */
export function matrixOf(value: unknown, what: string): { data: Float32Array; shape: [number, number] } {
  if (!Array.isArray(value) || !Array.isArray(value[0])) {
    const data = vectorOf(typeof value === 'number' ? [value] : value, what);
    return { data, shape: [1, data.length] };
  }
  const rows = value.map((row) => vectorOf(row, what));
  const columns = rows[0]!.length;
  const data = new Float32Array(rows.length * columns);
  rows.forEach((row, i) => {
    if (row.length !== columns) throw wrong(`rows of ${columns} and of ${row.length} numbers in ${what}`);
    data.set(row, i * columns);
  });
  return { data, shape: [rows.length, columns] };
}

function numbersOf(value: unknown, what: string): Float32Array {
  if (!Array.isArray(value) || !value.every((one) => typeof one === 'number')) throw wrong(`something else than numbers as ${what}`);
  return Float32Array.from(value as number[]);
}

function fromBase64(text: string, what: string): Float32Array {
  let binary: string;
  try {
    binary = atob(text);
  } catch {
    throw wrong(`a text that is not base64 as ${what}`);
  }
  if (binary.length % 4 !== 0) throw wrong(`${binary.length} bytes, which are no float32 numbers, as ${what}`);
  const view = new DataView(new ArrayBuffer(binary.length));
  for (let i = 0; i < binary.length; i++) view.setUint8(i, binary.charCodeAt(i));
  const vector = new Float32Array(binary.length / 4);
  for (let i = 0; i < vector.length; i++) vector[i] = view.getFloat32(4 * i, true);
  return vector;
}
