/** A path in the model's folder -> what is in the file. Errors name the file and where it is. */
import { PoolingError } from '../errors.ts';
import { fetchFile, type FileContext } from './fetch-file.ts';
import { parseObject, type JsonObject } from './json-file.ts';

/** Null: there is no such file. */
export async function readFile<T>(
  context: FileContext,
  path: string,
  parse: (bytes: Uint8Array, place: string) => T,
  html: 'absent' | 'invalid',
  signal: AbortSignal | undefined,
): Promise<T | null> {
  const place = `${path} (${context.source.locate(path)})`;
  const file = await fetchFile(context, { path, parse: (bytes) => parse(bytes, place), html, signal });
  return file === null ? null : file.value;
}

export async function requiredFile<T>(
  context: FileContext,
  path: string,
  parse: (bytes: Uint8Array, place: string) => T,
  signal: AbortSignal | undefined,
): Promise<T> {
  const value = await readFile(context, path, parse, 'invalid', signal);
  if (value === null)
    throw new PoolingError('model-file-missing', `${path} is missing: there is no such file at ${context.source.locate(path)}.`);
  return value;
}

export function requiredObject(context: FileContext, path: string, signal: AbortSignal | undefined): Promise<JsonObject> {
  return requiredFile(context, path, parseObject, signal);
}
