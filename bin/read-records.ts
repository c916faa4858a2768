/** Files of lines or of JSON lines -> the texts in them, in order, each with its id and its place. */
import { createReadStream, statSync } from 'node:fs';
import { Failure, messageOf } from './failure.ts';
import { readLines } from './read-lines.ts';

export interface InputRecord {
  text: string;
  /** Of --id-field; undefined without. */
  id: unknown;
  /** FILE:LINE, for messages. */
  place: string;
  /** Bytes of all files up to the end of this one. */
  read: number;
}

export interface InputOptions {
  /** Null: by the name of each file. */
  format: 'lines' | 'jsonl' | null;
  field: string;
  idField: string | null;
}

/** `-` is stdin. */
export async function* readRecords(files: readonly string[], options: InputOptions): AsyncGenerator<InputRecord, void, undefined> {
  let before = 0;
  for (const file of files) {
    const isJson = (options.format ?? (/\.(jsonl|ndjson)$/i.test(file) ? 'jsonl' : 'lines')) === 'jsonl';
    const name = file === '-' ? 'stdin' : file;
    let number = 0;
    let read = before;
    try {
      for await (const { text, end } of readLines(file === '-' ? process.stdin : createReadStream(file))) {
        number++;
        read = before + end;
        const place = `${name}:${number}`;
        if (!isJson) yield { text, id: undefined, place, read };
        else if (text.trim() !== '') yield { ...recordOf(text, place, options), place, read };
      }
    } catch (error) {
      throw readable(error, name, number);
    }
    before = read;
  }
}

function recordOf(line: string, place: string, { field, idField }: InputOptions): Pick<InputRecord, 'text' | 'id'> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw new Failure(1, `${place}: not JSON: ${messageOf(error)}`);
  }
  if (typeof value === 'string' && idField === null) return { text: value, id: undefined };
  const record = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  for (const name of idField === null ? [field] : [field, idField]) {
    if (!Object.hasOwn(record, name))
      throw new Failure(1, `${place}: has no field "${name}". It has: ${Object.keys(record).join(', ') || 'none'}`);
  }
  const text = record[field];
  if (typeof text !== 'string') throw new Failure(1, `${place}: the field "${field}" is no text. Choose another with --field`);
  return { text, id: idField === null ? undefined : record[idField] };
}

function readable(error: unknown, name: string, lines: number): unknown {
  if (error instanceof TypeError) return new Failure(1, `${name}:${lines + 1}: not UTF-8`, { cause: error });
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return new Failure(1, `There is no file ${name}.`, { cause: error });
  if (code === 'EISDIR') return new Failure(1, `${name} is a folder.`, { cause: error });
  return error;
}

/** Null where nobody can know: stdin, a pipe. */
export function sizeOf(files: readonly string[]): number | null {
  let size = 0;
  for (const file of files) {
    const stat = file === '-' ? undefined : statSync(file, { throwIfNoEntry: false });
    if (!stat?.isFile()) return null;
    size += stat.size;
  }
  return size;
}
