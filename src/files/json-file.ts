/** Bytes of a JSON file -> the object or list in it, or an error that says what is wrong with the file. */
import { PoolingError } from '../errors.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** `place` is the file with its URL. */
export function parseObject(bytes: Uint8Array, place: string): JsonObject {
  const value = parse(bytes, place);
  if (!isObject(value)) throw invalid(place, `it holds ${nameOf(value)}, not an object`);
  return value;
}

export function parseList(bytes: Uint8Array, place: string): readonly unknown[] {
  const value = parse(bytes, place);
  if (!Array.isArray(value)) throw invalid(place, `it holds ${nameOf(value)}, not a list`);
  return value;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function invalid(place: string, why: string): PoolingError {
  return new PoolingError('model-file-invalid', `${place} cannot be used: ${why}.`);
}

function parse(bytes: Uint8Array, place: string): unknown {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw invalid(place, 'it is not UTF-8 text');
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    if (text.trimStart().startsWith('<')) throw invalid(place, 'the server answered with an HTML page instead of the file');
    throw invalid(place, `it is not JSON (${(error as Error).message})`);
  }
}

function nameOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}
