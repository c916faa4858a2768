/** A body -> nothing, or an error: of what has more inputs or values than a request may have, a schema would make a copy of each first. */
import { HttpError } from './http-error.ts';
import type { Limits } from './options.ts';
import type { JsonBody } from './read-body.ts';
import { isMessage } from './request-prompts.ts';
import type { BodySchema } from './validation.ts';

/** Fields that are an input, or a list of them. */
const INPUTS = ['input', 'texts', 'inputs', 'images', 'documents', 'queries', 'items', 'data_1', 'data_2', 'text_1', 'text_2'] as const;

/** Numbers in lists not counted: they cost little, and a text may have millions of token ids. */
const MOST_VALUES = 300_000;

export function checkCounts({ entries }: BodySchema, body: JsonBody, { maxInputs }: Limits): void {
  for (const field of INPUTS) {
    const list = body[field];
    if (!Object.hasOwn(entries, field) || !Array.isArray(list) || list.length <= maxInputs || (field === 'input' && isOne(list))) continue;
    const message = `batch size ${list.length} > maximum allowed batch size ${maxInputs}`;
    throw new HttpError(422, 'Unprocessable Entity', message, { param: field, limit: 'maxInputs' });
  }
  if (!hasMore(body, MOST_VALUES, (part) => typeof part !== 'number')) return;
  throw new HttpError(413, 'Request Entity Too Large', `The body may have ${MOST_VALUES} values beside numbers, and this one has more.`);
}

/** Token ids, or a conversation. */
function isOne([first]: readonly unknown[]): boolean {
  return typeof first === 'number' || isMessage(first);
}

/** Whether there are more values than `most`. `counts`: which of a list do. No recursion: lists may be in one another as often as a body has bytes. */
export function hasMore(body: JsonBody, most: number, counts: (part: unknown) => boolean = () => true): boolean {
  const rest: unknown[] = [body];
  let seen = 0;
  while (rest.length > 0) {
    const value = rest.pop();
    if (typeof value !== 'object' || value === null) continue;
    const parts: unknown[] = Array.isArray(value) ? value.filter(counts) : Object.values(value);
    seen += parts.length;
    if (seen > most) return true;
    for (const part of parts) rest.push(part);
  }
  return false;
}
